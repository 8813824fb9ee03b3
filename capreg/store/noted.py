"""One line of a registry's history: a change of a record, with what stood there before and what stands there after it.

Of what stands there after a change, the line holds only the parts that differ. What a look through a long history needs stands
at the beginning of the line, and the documents are read only where they are asked for.
"""

from collections.abc import Mapping
from functools import cached_property
from hashlib import sha1
from typing import Any

import orjson

# Where the documents begin, and how a line ends that is whole: quotes within texts are escaped, so that no text holds these.
REST, LAST, END = b',"before":', b',"gone":[', b"]}\n"


def mark(content: bytes) -> str:
    """Return what tells one content of a file from another: the name that git gives it."""
    return sha1(b"blob %d\0%b" % (len(content), content), usedforsecurity=False).hexdigest()


def line(
    head: Mapping[str, str], before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, content: bytes | None
) -> bytes:
    """Return the line of a change.

    Args:
        head: when, the kind, the id and the file.
        before: what stood there, None for a new record.
        after: what will, None for one that is removed, and `content` its bytes.
    """
    had = before or {}
    put = None if after is None else {key: one for key, one in after.items() if key not in had or had[key] != one}
    gone = [key for key in had if after is not None and key not in after]
    said = {**head, "mark": mark(content) if content else None, "before": before, "put": put, "gone": gone}
    return orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE)


class Noted:
    """One change of a record as it was noted.

    `at` is when, in UTC; `file` is shown from the registry's folder; `mark` is that of the file after it, None where it was removed.
    """

    def __init__(self, line: bytes) -> None:
        """Read the beginning of a line; raises ValueError or KeyError where it is none, or not whole."""
        if LAST not in line or not line.endswith(END):
            raise ValueError("half a line")
        self._line = line
        head = orjson.loads(line[: line.index(REST)] + b"}")
        self.at, self.kind, self.id = head["at"], head["kind"], head["id"]
        self.file, self.mark = head["file"], head["mark"]

    @cached_property
    def _rest(self) -> dict[str, Any]:
        return orjson.loads(self._line)

    @property
    def before(self) -> Mapping[str, Any] | None:
        """What stood there before, None for a new record."""
        return self._rest["before"]

    @property
    def after(self) -> Mapping[str, Any] | None:
        """What stands there after it, None for a record that was removed."""
        put, gone = self._rest["put"], self._rest["gone"]
        if put is None:
            return None
        return {**{key: value for key, value in (self.before or {}).items() if key not in gone}, **put}
