"""What a workbook says of itself, so that it is read back without a mapping: where, and in which words."""

import orjson

from capreg.model.questionnaire import Path

# The hidden sheets: what the workbook is, and the words that its cells propose.
ABOUT, WORDS = "capreg", "words"
MARK, VERSION = "capreg questionnaire", 1
# Before the name of each sheet that asks something.
SHEET = "sheet"
# In a sheet of single answers the paths stand in the first column; in one of entries, in the first row, and which entry of
# the record each row was in the first column.
KEY_COLUMN, PATHS_ROW = 1, 1
FIRST_ANSWER, FIRST_ENTRY = 2, 4
# For so many entries cells are made ready; more may be written.
ROOM = 500
LONGEST_CELL = 32_000
# In a sheet of entries: the number by which another sheet names an entry, and the number of the entry around.
OWN_NUMBER, NUMBER_AROUND = ("#",), ("..",)


def path_text(path: Path) -> str:
    """Return a path as a cell holds it."""
    return orjson.dumps(list(path)).decode()


def read_path(text: object) -> Path | None:
    """Return the path that a cell holds, None where it holds none."""
    if not isinstance(text, str) or not text.startswith("["):
        return None
    try:
        return tuple(orjson.loads(text))
    except orjson.JSONDecodeError:
        return None
