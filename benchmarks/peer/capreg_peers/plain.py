"""The standard library alone."""

import sys

from capreg_peers.answer import answer, lines


def main() -> None:
    """Print the answer of the index that the first argument names to the question that the second one is."""
    sys.stdout.write(lines(answer(*sys.argv[1:])))
