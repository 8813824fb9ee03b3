"""A record as YAML that people read and edit, with what each field is beside it."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from capreg.model.kinds import Field, Kind
from capreg.model.text import plain

WIDEST = 1 << 20


def record_yaml(document: Mapping[str, Any]) -> str:
    """Return a record as YAML without comments, each value on a line: the same record is always the same text."""
    yaml = YAML(pure=True)
    yaml.width = WIDEST
    yaml.default_flow_style = False
    yaml.indent(mapping=2, sequence=4, offset=2)
    written = io.StringIO()
    yaml.dump(_quoted(document), written)
    return written.getvalue()


def commented_yaml(kind: Kind, document: Mapping[str, Any], language: str, head: str) -> str:
    """Return a record as YAML with the labels and units of its fields as comments, and the fields that it does not state.

    Args:
        head: sentences that stand above it.
    """
    text = record_yaml(document)
    told = dict(_labels(YAML(typ="safe", pure=True).compose(text), kind.root, language))
    lines = [f"{line}  # {told[at]}" if at in told else line for at, line in enumerate(text.splitlines())]
    heads = [f"# {line}" for line in head.splitlines()]
    absent = [one for key, one in kind.root.properties.items() if key not in document and one.label]
    could = [f"# {one.path[-1]}:  # {_label(one, language)}" for one in absent]
    return "\n".join([*heads, *lines, *could, ""])


def _quoted(value: Any) -> Any:
    """Return a value whose texts of several lines, or with signs that nobody sees, are written on one line between quotes."""
    if isinstance(value, Mapping):
        return {_quoted(key): _quoted(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_quoted(below) for below in value]
    return DoubleQuotedScalarString(value) if isinstance(value, str) and not value.isprintable() else value


def _labels(node: Node, field: Field | None, language: str) -> Iterator[tuple[int, str]]:
    """Yield the line of each key that has a label, and the label with its unit."""
    if field is None:
        return
    if isinstance(node, SequenceNode):
        for entry in node.value:
            yield from _labels(entry, field.items, language)
    elif isinstance(node, MappingNode):
        for key, value in node.value:
            below = field.properties.get(key.value) if isinstance(key, ScalarNode) else None
            if below is not None and below.label:
                yield key.start_mark.line, _label(below, language)
            yield from _labels(value, below, language)


def _label(field: Field, language: str) -> str:
    return plain(f"{field.label[language]}, {field.unit}" if field.unit else field.label[language])
