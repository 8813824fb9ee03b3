"""What is asked, and whether a record meets it."""
