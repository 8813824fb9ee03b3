"""What a condition says to the values that a record, or an entry of it, states."""

from collections.abc import Mapping
from typing import Any

from capreg.model.kinds import Field
from capreg.model.record import entry_step
from capreg.query.holding import holds
from capreg.query.question import Path, Requirement
from capreg.query.scope import Scope, entry_pointer
from capreg.query.verdict import NOT_STATED, Truth, Verdict, best, worst


def judge_fields(asked: Requirement, holder: Any, pointer: str, depth: int, scope: Scope) -> Verdict:
    """Fields that share a name are one thing, stated if any of them is."""
    verdicts = [_stated_or_standing_in(one, holder, asked.condition, pointer, depth, scope) for one in asked.fields]
    return best([one for one in verdicts if one is not NOT_STATED] or verdicts)


def _stated_or_standing_in(one: Field, holder: Any, condition: Any, pointer: str, depth: int, scope: Scope) -> Verdict:
    found = _stated(holder, one.path[depth:], condition, pointer, {})
    if found is NOT_STATED and one.search.otherwise and isinstance(holder, Mapping):
        return _standing_in(one, holder, condition, scope)
    return found


def _standing_in(one: Field, holder: Mapping[str, Any], condition: Any, scope: Scope) -> Verdict:
    """Judge what stands in for a field that is not stated: of the entries that are named beside it, any may serve."""
    through, key = one.search.otherwise
    refers = scope.asking.kind.at((*one.path[:-1], through)).refers
    others = scope.asking.kind.at(tuple(refers.split(".")))
    named = holder.get(through) or []
    entries = [(at, entry) for at, entry in enumerate(scope.list_at(others) or []) if entry.get("id") in named]
    lost = [NOT_STATED] * (len(named) - len(entries))
    return best(
        [*(_in_place(others, at, entry, key, condition, scope) for at, entry in entries), *lost] or [NOT_STATED]
    )


def _in_place(others: Field, at: int, entry: Mapping[str, Any], key: str, condition: Any, scope: Scope) -> Verdict:
    pointer = entry_pointer(others, at, entry)
    found = worst((_stated(entry, (key,), condition, pointer, {}), holds(others, entry, scope)))
    return found.standing(pointer, found.at)


def judge_at(holder: Any, path: Path, condition: Any) -> Verdict:
    """Judge what stands at a path below a holder, wherever that stands itself."""
    return _stated(holder, path, condition, "", {})


def _stated(value: Any, path: Path, condition: Any, pointer: str, holder: Any) -> Verdict:
    """Judge what stands at a path; `holder` is what holds the value."""
    if value is None:
        return NOT_STATED
    if not path:
        return _value(value, condition, holder).standing(pointer, pointer)
    step, rest = path[0], path[1:]
    if step == "*":
        return best(
            _stated(entry, rest, condition, f"{pointer}/{entry_step(entry, at)}", value)
            for at, entry in enumerate(value)
        )
    return _stated(value[step], rest, condition, f"{pointer}/{step}", value) if step in value else NOT_STATED


def _value(value: Any, condition: Any, holder: Any) -> Verdict:
    """Judge a value; of a list any will do, and where none does all are told."""
    if condition.whole:
        return condition.judge_beside(value, holder) if hasattr(condition, "judge_beside") else condition.judge(value)
    if not isinstance(value, list):
        return condition.judge(value)
    verdict = best(condition.judge(one) for one in value)
    return verdict if verdict.truth is Truth.MEETS else verdict._replace(stated=", ".join(map(str, value)))
