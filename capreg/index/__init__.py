"""Finding the records that meet a query."""
