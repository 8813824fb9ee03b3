"""The answer of a prepared SQLite index."""

import sqlite3
from collections.abc import Iterable


def answer(index: str, question: str) -> list[tuple]:
    """Return the rows that a question, in SQL, finds in an index."""
    connection = sqlite3.connect(f"file:{index}?mode=ro", uri=True)
    try:
        return connection.execute(question).fetchall()
    finally:
        connection.close()


def lines(rows: Iterable[tuple]) -> str:
    """Return rows as lines, tabs dividing their cells."""
    return "".join("\t".join(map(str, row)) + "\n" for row in rows)
