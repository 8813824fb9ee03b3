"""The only room that touches the registry's files."""
