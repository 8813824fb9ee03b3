"""What goes wrong with the name of a kind."""

from capreg.errors import UsageError


class UnknownKindError(UsageError):
    """The registry has no such kind."""
