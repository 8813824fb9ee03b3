"""How records come in and go out."""
