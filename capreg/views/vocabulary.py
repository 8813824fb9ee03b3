"""Vocabularies and their words as pages: all there are, one as a tree, one word, and words that a text may mean."""

from collections.abc import Mapping, Sequence
from typing import Any

from capreg.index.stated import Stated
from capreg.model.candidates import Candidate
from capreg.model.text import tokens
from capreg.model.vocabulary import Vocabulary, Word
from capreg.views.labels import LANGUAGES
from capreg.views.page import SCHEMA_VERSION, Block, Column, Heading, Named, Note, Page, Pairs, Rows
from capreg.views.values import Speech

NUMERIC = ("words", "records", "depth", "stated", "with_below")
VOCABULARY = ("vocabulary", "queries", "words", "records", "examples")
TREE = ("word", "label", "broader", "depth", "stated", "with_below")
CANDIDATE = ("word", "label", "vocabulary", "broader", "depth", "stated", "with_below", "queries")
# What people read of a tree, of what is below a word, and of candidates.
SEEN = ("label", "stated", "with_below")
BELOW = ("label", "word", "stated", "with_below")
FOUND = ("label", "word", "vocabulary", "stated", "with_below")
EXAMPLES = 4
# A blank that no format swallows.
INDENT = "\u00a0\u00a0"
OTHER = "any"


class Browser:
    """Makes pages of the vocabularies of a kind and of what its records state, for the hub's own eyes."""

    def __init__(self, stated: Stated, speech: Speech) -> None:
        self.stated, self.speech = stated, speech

    def all(self) -> Page:
        """Return the page of the vocabularies there are."""
        lines = [self._vocabulary(name, one) for name, one in self.stated.vocabularies.items()]
        labels = [[self._label(line["vocabulary"], one) for one in line["examples"]] for line in lines]
        spoken = [{**line, "examples": "; ".join(one)} for line, one in zip(lines, labels, strict=True)]
        return self._listed("vocabularies", VOCABULARY, lines, self._rows(VOCABULARY, spoken))

    def tree(self, name: str) -> Page:
        """Return the page of a vocabulary as a tree; people see how deep a word lies by its indent."""
        vocabulary = self.stated.vocabularies[name]
        lines = [self._word(name, one) for top in vocabulary.tops for one in vocabulary.branch(top)]
        spoken = [{**line, "label": INDENT * line["depth"] + line["label"]} for line in lines]
        page = self._listed("words", TREE, lines, self._rows(SEEN, spoken), vocabulary=name)
        return page._replace(blocks=[*page.blocks, *self._hint(name)])

    def _hint(self, name: str) -> list[Note]:
        """Tell how the first word is asked for by its label."""
        words = [self._label(name, one) for one in self.stated.vocabularies[name].tops]
        queries = [f"{query}:{'-'.join(tokens(one))}" for one in words[:1] for query in self.query_names(name)]
        return [Note(f"{self.speech.word('by its label')} {queries[0]}")] if queries else []

    def candidates(self, asked: str, found: Sequence[Candidate]) -> Page:
        """Return the page of the words that a text may mean, best first."""
        lines = [self._candidate(*one) for one in found]
        page = self._listed("words", CANDIDATE, lines, self._rows(FOUND, lines), asked=asked)
        notes = [Note(self.speech.word("several words"))] if len(found) > 1 else []
        return page._replace(blocks=[*page.blocks, *notes])

    def word(self, name: str, word: str, finds: Mapping[str, int]) -> Page:
        """Return the page of one word.

        Args:
            finds: the queries that ask for it, and how many records each finds.
        """
        known = self.stated.vocabularies[name].words[word]
        below = [self._word(name, one) for one in self.stated.vocabularies[name].below(word)]
        told = [*self._names(known), *self._place(name, known), *self._counts(name, word, finds)]
        blocks: list[Block] = [Heading(self._label(name, word), 1), Pairs(told)]
        if below:
            blocks += [Heading(self.speech.word("below"), 2), self._rows(BELOW, below)]
        data = {**self._whole(name, known), "below": below, "queries": _told(finds)}
        return Page(blocks, self._rows(CANDIDATE, [self._candidate(name, word)]), data, [data], hub_only=True)

    def queries(self, name: str, word: str) -> list[str]:
        """Return the queries that ask for a word of a vocabulary."""
        return [f"{query}:{word}" for query in self.query_names(name)]

    def query_names(self, name: str) -> list[str]:
        """Return the query names by which words of a vocabulary are asked for."""
        fields = [one for one in self.stated.kind.worded if one.search.words == name and one.tier <= self.stated.tier]
        return list(dict.fromkeys(one.search.name for one in fields))

    def _label(self, name: str, word: str) -> str:
        return self.stated.vocabularies[name].label(word, self.speech.language)

    def _vocabulary(self, name: str, vocabulary: Vocabulary) -> dict[str, Any]:
        return {
            "vocabulary": name,
            "queries": self.query_names(name),
            "words": len(vocabulary.words),
            "records": self.stated.at_all(name),
            "examples": vocabulary.tops[:EXAMPLES],
        }

    def _word(self, name: str, word: str) -> dict[str, Any]:
        vocabulary = self.stated.vocabularies[name]
        return {
            "word": word,
            "label": self._label(name, word),
            "broader": vocabulary.words[word].broader,
            "depth": len(vocabulary.path(word)),
            "stated": self.stated.itself(name, word),
            "with_below": self.stated.with_below(name, word),
        }

    def _candidate(self, name: str, word: str) -> dict[str, Any]:
        return {"vocabulary": name, **self._word(name, word), "queries": self.queries(name, word)}

    def _whole(self, name: str, word: Word) -> dict[str, Any]:
        """Return all that machines are told of a word itself."""
        vocabulary = self.stated.vocabularies[name]
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": self.stated.kind.id,
            "vocabulary": name,
            "word": word.id,
            "label": word.label,
            "synonyms": word.synonyms,
            "path": vocabulary.path(word.id),
            "includes": word.includes,
            "included_by": vocabulary.including(word.id),
            "references": word.references,
            "stated": self.stated.itself(name, word.id),
            "with_below": self.stated.with_below(name, word.id),
        }

    def _names(self, word: Word) -> list[tuple[str, str]]:
        """Return the labels of a word in all languages, each with its synonyms."""
        told = []
        for language in (*LANGUAGES, OTHER):
            told.append((f"label {language}", word.label.get(language, "")))
            told.append((f"also {language}", ", ".join(word.synonyms.get(language, ()))))
        return [(self.speech.word(key), text) for key, text in told if text]

    def _place(self, name: str, word: Word) -> list[tuple[str, str]]:
        """Return where a word stands: what is above it, what it includes, what includes it, what else it is called by."""
        vocabulary = self.stated.vocabularies[name]
        told = {
            "vocabulary": name,
            "word": word.id,
            "above": " › ".join(self._label(name, one) for one in vocabulary.path(word.id)),
            "includes": self._named(name, word.includes),
            "included_by": self._named(name, vocabulary.including(word.id)),
            "references": "\n".join(map(_reference, word.references)),
        }
        return [(self.speech.word(key), text) for key, text in told.items() if text]

    def _named(self, name: str, words: Sequence[str]) -> str:
        return "\n".join(str(Named(self._label(name, one), one)) for one in words)

    def _counts(self, name: str, word: str, finds: Mapping[str, int]) -> list[tuple[str, str]]:
        told = {
            "stated": str(self.stated.itself(name, word)),
            "with_below": str(self.stated.with_below(name, word)),
            "queries": "\n".join(
                f"{query}  ({self.speech.word('found today')} {found})" for query, found in finds.items()
            ),
        }
        return [(self.speech.word(key), text) for key, text in told.items()]

    def _rows(self, names: Sequence[str], lines: Sequence[Mapping[str, Any]]) -> Rows:
        columns = [Column(one, self.speech.word(one), numeric=one in NUMERIC) for one in names]
        return Rows(columns, [[line[one] for one in names] for line in lines])

    def _listed(self, what: str, names: Sequence[str], lines: list[dict], shown: Rows, **head: str) -> Page:
        data = {"schema_version": SCHEMA_VERSION, "kind": self.stated.kind.id, **head, what: lines}
        return Page([shown], self._rows(names, lines), data, lines, hub_only=True)


def _reference(reference: Mapping[str, str]) -> str:
    """Return a reference with its scheme, which many an id begins with."""
    scheme, id = reference["scheme"], reference["id"]
    return id if id.startswith(f"{scheme} ") else f"{scheme} {id}"


def _told(finds: Mapping[str, int]) -> list[dict[str, Any]]:
    return [{"query": query, "finds": found} for query, found in finds.items()]
