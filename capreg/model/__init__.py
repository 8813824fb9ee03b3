"""What a record is; standard library only."""
