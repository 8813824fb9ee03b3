"""The registry as it stood on any day before: what capreg changed is undone exactly, what others changed is never told wrongly."""

import json
import os
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from unittest.mock import patch

import pytest
from conftest import firm
from hypothesis import example, given, settings
from hypothesis import strategies as st

from capreg.model.difference import applied, difference
from capreg.model.kinds import Tier
from capreg.model.record import Record
from capreg.store.changes import changing, history
from capreg.store.comparing import compared
from capreg.store.create import create
from capreg.store.histories import entries_of
from capreg.store.registry import Registry
from capreg.store.schemas import load_kinds
from capreg.store.states import end_of, state_now, state_on

KINDS = load_kinds(Path("nowhere"))
KIND = KINDS["firm"].kind
FIRST = date(2026, 3, 1)
IDS = ("rossi", "bianchi", "neri")
GIT = {
    "GIT_AUTHOR_NAME": "Anna",
    "GIT_AUTHOR_EMAIL": "anna@hub.example",
    "GIT_COMMITTER_NAME": "Anna",
    "GIT_COMMITTER_EMAIL": "anna@hub.example",
    "GIT_CONFIG_GLOBAL": os.devnull,
}


class Days:
    """A registry as days go by: each day something happens at noon, and what stands there in the evening is kept."""

    def __init__(self, root: Path) -> None:
        with patch("os.fsync"):
            create(root, sample=False)
        self.registry = Registry(root)
        self.registry.loaded_kinds = KINDS
        self.day, self.evenings, self.mornings = FIRST, {}, []

    @property
    def noon(self) -> str:
        return f"{self.day}T12:00:00Z"

    def live(self, does: str, id: str, value: int) -> None:
        """Let one day go by on which something is done to a record."""
        getattr(self, does)(id, value)
        for path in self.registry.paths(KIND):
            os.utime(path, (self.at(path), self.at(path)))
        self.evenings[self.day] = self.documents()
        self.day += timedelta(days=1)

    def at(self, path: Path) -> float:
        """When a file was written, in the story."""
        document = json.loads(path.read_text())
        was = self.evenings.get(self.day - timedelta(days=1), {}).get(path.stem)
        return path.stat().st_mtime if was == document else datetime.fromisoformat(self.noon).timestamp()

    def documents(self) -> dict[str, dict]:
        return {path.stem: json.loads(path.read_text()) for path in self.registry.paths(KIND)}

    def path(self, id: str) -> Path:
        return self.registry.root / "firms" / f"{id}.json"

    @contextmanager
    def changing(self):
        story = patch("capreg.store.changes._now", lambda: self.noon), patch("os.sync")
        with story[0], story[1], changing(self.registry, durable=False) as changes:
            self.mornings.append(self.documents())
            yield changes

    def put(self, id: str, value: int) -> None:
        before = self.documents().get(id)
        with self.changing() as changes:
            changes.put(KIND, Record(id, firm(id, founded=1900 + value), self.path(id)), before)

    def remove(self, id: str, value: int) -> None:
        if self.path(id).exists():
            with self.changing() as changes:
                changes.remove(KIND, Record(id, self.documents()[id], self.path(id)))

    def edit(self, id: str, value: int) -> None:
        """What an editor does: capreg knows nothing of it."""
        self.path(id).write_text(json.dumps(firm(id, founded=1900 + value)))

    def delete(self, id: str, value: int) -> None:
        self.path(id).unlink(missing_ok=True)

    def state(self, day: date):
        return state_on(self.registry, [KIND], day, state_now(self.registry, [KIND]))

    def commit(self, *files: str) -> None:
        """Commit all files, or those named, in the evening of the last day."""

        def git(*arguments):
            env = {**os.environ, **GIT, "GIT_COMMITTER_DATE": f"{self.day - timedelta(days=1)}T18:00:00Z"}
            subprocess.run(["git", "-C", self.registry.root, *arguments], env=env, check=True, capture_output=True)

        git("init", "-q")
        git("add", *(files or ["-A"]))
        git("commit", "-qm", "evening", "--allow-empty")


@contextmanager
def days():
    folder = tempfile.mkdtemp()
    try:
        yield Days(Path(folder) / "registry")
    finally:
        shutil.rmtree(folder)


def told(state) -> dict[str, dict]:
    return {id: held.document for (_, id), held in state.held.items()}


BY_CAPREG = st.sampled_from(["put", "put", "remove"])
BY_ANYBODY = st.sampled_from(["put", "put", "remove", "edit", "edit", "delete"])


def stories(deeds):
    return st.lists(st.tuples(deeds, st.sampled_from(IDS), st.integers(0, 3)), min_size=1, max_size=10)


@settings(max_examples=40, deadline=None)
@given(stories(BY_CAPREG))
def test_what_capreg_changed_is_undone_exactly(story):
    with days() as registry:
        for deed in story:
            registry.live(*deed)
        for day, documents in registry.evenings.items():
            state = registry.state(day)
            assert (told(state), state.unsure) == (documents, frozenset())
        assert told(registry.state(FIRST - timedelta(days=1))) == {}


@settings(max_examples=60, deadline=None)
@given(stories(BY_ANYBODY))
def test_what_others_changed_is_right_or_told_not_to_be_sure(story):
    with days() as registry:
        for deed in story:
            registry.live(*deed)
        for day, documents in registry.evenings.items():
            state = registry.state(day)
            for id in set(IDS) - {id for _, id in state.unsure}:
                found = told(state).get(id)
                assert found == documents.get(id) or came_and_went(registry, id, day, found), (day, id)


def came_and_went(registry: Days, id: str, day: date, found) -> bool:
    """Whether others changed a record and changed it back, which leaves no trace."""
    earlier = [None, *(documents.get(id) for other, documents in registry.evenings.items() if other < day)]
    later = [documents.get(id) for other, documents in registry.evenings.items() if other > day]
    return found in earlier and found in later


@settings(max_examples=60, deadline=None)
@given(stories(BY_ANYBODY))
def test_each_line_holds_what_stood_there_before_it(story):
    with days() as registry:
        for deed in story:
            registry.live(*deed)
        lines = list(history(registry.registry))
        assert [one.before for one in lines] == [
            morning.get(one.id) for morning, one in zip(registry.mornings, lines, strict=True)
        ]


@settings(max_examples=60, deadline=None)
@given(stories(BY_ANYBODY))
def test_the_history_of_a_record_goes_on_where_it_ended_and_ends_at_what_stands_there(story):
    with days() as registry:
        for deed in story:
            registry.live(*deed)
        for id in {one.id for one in history(registry.registry)} | set(registry.documents()):
            found = entries_of(registry.registry, KIND, id)
            ends = [None, *(one.after for one in found)]
            assert [one.before for one in found] == ends[:-1]
            assert ends[-1] == registry.documents().get(id)
            assert all(
                one.before is None or one.after is None or difference(None, one.before, one.after) for one in found
            )


@settings(max_examples=8, deadline=None)
@given(stories(BY_ANYBODY))
@example([("put", "rossi", 0), ("put", "rossi", 1), ("edit", "rossi", 0), ("edit", "rossi", 1), ("put", "rossi", 2)])
def test_where_git_keeps_every_evening_every_day_is_known(story):
    with patch.dict(os.environ, GIT), days() as registry:
        for does, id, value in story:
            registry.live(does, id, value)
            registry.commit()
        for day, documents in registry.evenings.items():
            assert told(registry.state(day)) == documents


def test_a_commit_that_left_a_change_out_hides_none():
    with patch.dict(os.environ, GIT), days() as registry:
        registry.live("put", "rossi", 0)
        registry.commit()
        registry.live("put", "rossi", 1)
        registry.commit("registry.json")
        assert told(registry.state(registry.day)) == registry.evenings[registry.day - timedelta(days=1)]


@settings(max_examples=40, deadline=None)
@given(stories(BY_ANYBODY), stories(BY_ANYBODY))
def test_what_differs_between_two_registries_made_to_the_first_gives_the_second(story, other_story):
    with days() as one, days() as other:
        for registry, deeds in ((one, story), (other, other_story)):
            for deed in deeds:
                registry.live(*deed)
        states = [state_now(registry.registry, [KIND]) for registry in (one, other)]
        made = one.documents()
        for found in compared(*states, KINDS, Tier.confidential).records:
            document = made.pop(found.was, None)
            if found.after is not None:
                made[found.id] = applied(document, found.changes) if document else found.after
        assert made == other.documents()
        assert compared(states[0], states[0], KINDS, Tier.confidential).records == []
        assert compared(states[0], state_now(one.registry, [KIND]), KINDS, Tier.confidential).records == []


@pytest.mark.parametrize(
    ("day", "zone", "expected"),
    [
        (date(2026, 11, 22), "UTC", "2026-11-23T00:00:00Z"),
        (date(2026, 11, 22), "Europe/Rome", "2026-11-22T23:00:00Z"),
        (date(2026, 7, 1), "Europe/Rome", "2026-07-01T22:00:00Z"),
        (date(2026, 10, 24), "Europe/Rome", "2026-10-24T22:00:00Z"),
        (date(2026, 10, 25), "Europe/Rome", "2026-10-25T23:00:00Z"),
        (date(1, 1, 1), "UTC", "0001-01-02T00:00:00Z"),
    ],
)
def test_a_day_ends_where_the_hub_is(day, zone, expected):
    assert end_of(day, zone) == expected
