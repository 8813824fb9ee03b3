"""Vocabularies in the index: a word is looked up without reading its vocabulary."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import orjson

from capreg.index.lines import line, lines_and_stems, text_query
from capreg.model.text import tokens
from capreg.model.vocabulary import Vocabulary, Word


def write_words(connection: sqlite3.Connection, vocabularies: Mapping[str, Vocabulary]) -> None:
    """Put vocabularies into a new index, with what meets each word and what lies above it."""
    numbered = [(one, word) for one in vocabularies.values() for word in one.words.values()]
    rows, keys, texts = [], [], []
    for code, (vocabulary, word) in enumerate(numbered, 1):
        rows.append((code, vocabulary.title, word.id, orjson.dumps(_entry(vocabulary, word))))
        keys += ((vocabulary.title, key, code) for key in set(map(line, word.spellings)))
        texts.append((code, *lines_and_stems(sorted(vocabulary.texts(word.id)))))
    connection.executemany("INSERT INTO word VALUES (?, ?, ?, ?)", rows)
    connection.executemany("INSERT INTO spelling VALUES (?, ?, ?)", sorted(keys))
    connection.executemany("INSERT INTO word_text (rowid, lines, stems) VALUES (?, ?, ?)", texts)


def _entry(vocabulary: Vocabulary, word: Word) -> dict[str, Any]:
    own = {**word._asdict(), "includes": list(word.includes), "references": list(word.references)}
    return {
        "word": own,
        "meeting": sorted(vocabulary.meeting(word.id)),
        "above": sorted(vocabulary.above(word.id)),
        "below": vocabulary.below(word.id),
        "including": vocabulary.including(word.id),
    }


def codes_of(connection: sqlite3.Connection) -> dict[tuple[str, str], int]:
    """Return the number of every word, by vocabulary and id."""
    return {(name, id): code for code, name, id in connection.execute("SELECT code, vocabulary, id FROM word")}


class Codes(dict):
    """The numbers of words, by vocabulary and id, each read when it is first asked for: a changed record states few."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def get(self, word: tuple[str, str], default: int | None = None) -> int | None:
        """Return the number of a word, another thing for one that no vocabulary knows."""
        if word not in self:
            asked = "SELECT code FROM word WHERE vocabulary = ? AND id = ?"
            row = self._connection.execute(asked, word).fetchone()
            self[word] = row[0] if row else default
        return self[word]


def names_of(connection: sqlite3.Connection, code: int) -> list[str]:
    """Return the folded names of a word, by its number."""
    (found,) = connection.execute("SELECT lines FROM word_text WHERE rowid = ?", (code,)).fetchone()
    return found.split("\n")


class IndexedWords(Mapping):
    """The words of a vocabulary by id, in its order, each read when it is asked for."""

    def __init__(self, title: str, connection: sqlite3.Connection, entry: Callable[[str], dict | None]) -> None:
        """Take what reads the entry of a word, None where there is none."""
        self.title, self._connection, self._entry = title, connection, entry
        self._read: dict[str, Word] = {}

    def __getitem__(self, word: str) -> Word:
        if word not in self._read:
            entry = self._entry(word)
            if entry is None:
                raise KeyError(word)
            self._read[word] = _word(entry)
        return self._read[word]

    def __iter__(self) -> Iterator[str]:
        asked = "SELECT id FROM word WHERE vocabulary = ? ORDER BY code"
        return (id for (id,) in self._connection.execute(asked, (self.title,)).fetchall())

    def __len__(self) -> int:
        asked = "SELECT count(*) FROM word WHERE vocabulary = ?"
        return self._connection.execute(asked, (self.title,)).fetchone()[0]


class IndexedVocabulary(Vocabulary):
    """A vocabulary whose words are read one by one."""

    def __init__(self, title: str, connection: sqlite3.Connection) -> None:
        self.title = title
        self._connection = connection
        self._entries: dict[str, dict[str, Any] | None] = {}
        self.words = IndexedWords(title, connection, self._entry)

    def called(self, asked: str) -> set[str]:
        """Return the ids of the words that an id, a label or a synonym may mean, whatever its case and accents."""
        if self._entry(asked):
            return {asked}
        key = " ".join(tokens(asked))
        return {self._entry_id(code) for code in self._codes("spelling = ?", key)}

    def meeting(self, word: str) -> frozenset[str]:
        """Return the ids that meet a word: itself, all below it, and all that include any of these."""
        entry = self._entry(word)
        return frozenset(entry["meeting"]) if entry else frozenset((word,))

    def above(self, word: str) -> frozenset[str]:
        """Return the ids of the words above one in the tree, itself left out."""
        entry = self._entry(word)
        return frozenset(entry["above"]) if entry else frozenset()

    def below(self, word: str) -> list[str]:
        """Return the ids of the words directly below one, in their order."""
        entry = self._entry(word)
        return entry["below"] if entry else []

    def including(self, word: str) -> list[str]:
        """Return the ids of the words that include one by themselves."""
        entry = self._entry(word)
        return entry["including"] if entry else []

    def label(self, word: str, language: str) -> str:
        """Return a word's label; for a word that the vocabulary does not know, the word itself."""
        entry = self._entry(word)
        return entry["word"]["label"].get(language, word) if entry else word

    def texts(self, word: str) -> set[str]:
        """Return all texts by which a free word finds this one."""
        entry = self._entry(word)
        return _word(entry).spellings if entry else {word}

    def spellings_of_one_word(self, asked: str) -> Iterator[tuple[str, Iterable[str]]]:
        """Yield the names that are one word, and may be a form of the one asked, each with the ids of the words called so."""
        query = text_query([((asked,), False)])
        for code, found in self._connection.execute(
            "SELECT rowid, lines FROM word_text WHERE word_text MATCH ? ORDER BY rowid", (query,)
        ).fetchall():
            vocabulary, id = self._connection.execute(
                "SELECT vocabulary, id FROM word WHERE code = ?", (code,)
            ).fetchone()
            if vocabulary == self.title:
                yield from ((line, (id,)) for line in found.split("\n") if line and " " not in line)

    def _codes(self, condition: str, *values: Any) -> list[int]:
        asked = f"SELECT code FROM spelling WHERE vocabulary = ? AND {condition}"
        return [code for (code,) in self._connection.execute(asked, (self.title, *values))]

    def _entry_id(self, code: int) -> str:
        return self._connection.execute("SELECT id FROM word WHERE code = ?", (code,)).fetchone()[0]

    def _entry(self, word: str) -> dict[str, Any] | None:
        if word not in self._entries:
            row = self._connection.execute(
                "SELECT entry FROM word WHERE vocabulary = ? AND id = ?", (self.title, word)
            ).fetchone()
            self._entries[word] = orjson.loads(row[0]) if row else None
        return self._entries[word]


class IndexedVocabularies(dict):
    """The vocabularies of an index by name, each made when first asked for; one that nobody wrote has no words."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def __missing__(self, vocabulary: str) -> IndexedVocabulary:
        self[vocabulary] = IndexedVocabulary(vocabulary, self._connection)
        return self[vocabulary]


def _word(entry: Mapping[str, Any]) -> Word:
    said = entry["word"]
    return Word(**{**said, "includes": tuple(said["includes"]), "references": tuple(said["references"])})
