"""Zip files whose bytes depend on nothing but what is in them: fixed times, fixed rights, names in the order given."""

import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

TIME = (1980, 1, 1, 0, 0, 0)
PLAIN_FILE = 0o100644


def pack(path: Path, members: Iterable[tuple[str, IO[bytes]]]) -> None:
    """Write a zip of some files, each given open for reading and closed when it is in."""
    with ZipFile(path, "w") as archive:
        for name, content in members:
            member = ZipInfo(name, TIME)
            member.compress_type, member.external_attr, member.create_system = ZIP_DEFLATED, PLAIN_FILE << 16, 3
            with closing(content), archive.open(member, "w", force_zip64=True) as packed:
                shutil.copyfileobj(content, packed, 1 << 20)
