"""Invented firms: the same seed and number always give the same record."""
