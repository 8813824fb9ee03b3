"""Make a registry of invented firms: `python benchmarks/generate.py DIR --firms 10000`.

The same seed and size always give the same records, byte by byte, and the firms of a small registry are the first of a larger one.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from multiprocessing import Pool
from pathlib import Path

from invented.firm import firm

from capreg.errors import CapregError
from capreg.store.create import create
from capreg.store.files import canonical

SEED = 1988
# Registries over this size have their firms in folders, by the last two hexadecimal digits of the firm's number.
FLAT, FOLDERS = 1_000, 256
AT_ONCE = 500


def generate(folder: Path, firms: int, seed: int = SEED) -> None:
    """Make a registry of so many firms in a new folder.

    Raises:
        OccupiedError: something is there already.
    """
    create(folder, sample=False)
    root = folder / "firms"
    if firms > FLAT:
        for number in range(FOLDERS):
            (root / f"{number:02x}").mkdir()
    with Pool() as pool:
        for _ in pool.imap_unordered(partial(write, root, firms > FLAT, seed), _stretches(firms)):
            pass


def write(root: Path, in_folders: bool, seed: int, numbers: range) -> None:
    """Write the firms with some numbers; after a power cut they may be gone, which is no loss."""
    for number in numbers:
        record = firm(seed, number)
        folder = root / f"{number % FOLDERS:02x}" if in_folders else root
        (folder / f"{record['id']}.json").write_bytes(canonical(record))


def _stretches(firms: int) -> Iterator[range]:
    return (range(start, min(start + AT_ONCE, firms)) for start in range(0, firms, AT_ONCE))


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument("--firms", type=int, required=True, help="how many")
    parser.add_argument("--seed", type=int, default=SEED, help=f"{SEED} unless given")
    wanted = parser.parse_args()
    try:
        generate(wanted.folder, wanted.firms, wanted.seed)
    except CapregError as error:
        sys.exit(f"{error.sentence}. {error.way_out}")


if __name__ == "__main__":
    _main()
