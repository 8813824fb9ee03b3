"""How long a way takes: as a table says, or as an estimate."""

from capreg.model.value import Value


class Way(Value):
    """A row of the table of travel times: two towns, `Modena` or `Modena,IT`, and the minutes between them, both ways."""

    start: str
    end: str
    minutes: float


class Journey(Value):
    """How long a way takes, in minutes, and whether a table says so or it is an estimate."""

    minutes: float
    tabled: bool

    def __str__(self) -> str:
        return f"{self.minutes:g} min (travel table)" if self.tabled else f"about {self.minutes:.0f} min (estimate)"
