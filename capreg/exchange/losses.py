"""What a format cannot carry over, counted while an export is written."""

from collections import Counter


class Losses:
    """The sentences that an export tells when it is done, each once."""

    def __init__(self) -> None:
        self._said: dict[str, None] = {}
        self._counts: Counter[tuple[str, str]] = Counter()

    def say(self, sentence: str) -> None:
        """Take a sentence."""
        self._said[sentence] = None

    def count(self, one: str, several: str) -> None:
        """Count what happened once more; the sentences say it of one, and of `{}`."""
        self._counts[one, several] += 1

    @property
    def sentences(self) -> list[str]:
        """All that was said, then all that was counted."""
        counted = [one if number == 1 else several.format(number) for (one, several), number in self._counts.items()]
        return [*self._said, *counted]
