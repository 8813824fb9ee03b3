"""Where the office of a registry keeps its books."""

from dataclasses import dataclass
from pathlib import Path

from capreg.errors import UsageError
from capreg.model.settings import Settings
from capreg.store.durable import changing, reading

ISSUED = "issued"


class NoBooksError(UsageError):
    """What was asked for needs the books of a hub."""


@dataclass(frozen=True)
class Books:
    """The documents and the ledger of one hub; never part of anything that leaves it."""

    folder: Path
    settings: Settings

    @property
    def ledger(self) -> Path:
        """The folder of the journal, a file a year, and of its opening and head."""
        return self.folder / "ledger"

    @property
    def issued(self) -> Path:
        """The folder of the documents that were issued, kept as they were."""
        return self.folder / ISSUED

    def reading(self):
        """Return the documents for reading."""
        return reading(self.folder / "office.json")

    def changing(self):
        """Hold the documents alone for the time of a block; whatever is entered takes the same lock."""
        return changing(self.folder / "office.json")


def books_of(registry) -> Books:
    """Return the books of a registry, or of what is one's index; raises NoBooksError for a bundle, which has none."""
    if Path(registry.root).is_file():
        raise NoBooksError(
            f"{registry.root} is a bundle, and no bundle holds an office", "Name a registry with -R DIR."
        )
    return Books(Path(registry.root) / "office", registry.settings)
