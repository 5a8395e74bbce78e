"""One YAML file to a plain tree that remembers on which line each key stands."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from planner.errors import Complaint

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
KeyPath = tuple[str, ...]
_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("null", "bool", "int", "float", "str", "seq", "map")}


@dataclass
class Document:
    """A YAML mapping with the place of every key.

    Attributes
    ----------
    tree : dict
        Nested plain values; all keys are text.
    places : dict
        Key path -> 'file:line'.
    complaints : list of Complaint
        What is wrong with the file itself.
    """

    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, str] = field(default_factory=dict)
    complaints: list[Complaint] = field(default_factory=list)


class _CoreLoader(yaml.SafeLoader):
    """Safe loader with the scalars of YAML 1.2: `07210` and `no` stay text, `1e9` is a number, dates stay text."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012


_CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_CoreLoader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""])
_CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9][0-9_]*)$"), list("-+0123456789")
)
_CoreLoader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(
        r"^[-+]?(?:(?:0|[1-9][0-9_]*)\.[0-9_]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+(?:[eE][-+]?[0-9]+)?"
        r"|(?:0|[1-9][0-9_]*)[eE][-+]?[0-9]+|\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
    ),
    list("-+.0123456789"),
)


class _AliasError(yaml.YAMLError):
    """An alias was used."""

    problem = "an alias (*name): repeat the value or use `extends`"

    def __init__(self, mark: Any) -> None:
        super().__init__(self.problem)
        self.problem_mark = mark


class _Builder:
    """Turns YAML nodes into plain values, noting places and complaints."""

    def __init__(self, name: str, document: Document) -> None:
        self.name = name
        self.document = document
        self.scalars = _CoreLoader("")

    def complain(self, node: yaml.Node, found: str, remedy: str) -> None:
        self.document.complaints.append(Complaint(f"{self.name}:{node.start_mark.line + 1}", found, remedy))

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        if node.tag not in _TAGS:
            self.complain(node, f"tag {node.tag}", "Plain text, numbers, true/false, lists and maps only.")
            return None
        if len(path) > MAX_DEPTH:
            self.complain(node, f"nested deeper than {MAX_DEPTH} levels", "Flatten it.")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.element(item, (*path, str(index))) for index, item in enumerate(node.value)]
        return self.scalar(node)

    def element(self, node: yaml.Node, path: KeyPath) -> Any:
        self.document.places[path] = f"{self.name}:{node.start_mark.line + 1}"
        return self.value(node, path)

    def scalar(self, node: yaml.Node) -> Any:
        value = self.scalars.construct_object(node)
        return unicodedata.normalize("NFC", value) if isinstance(value, str) else value

    def mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        tree: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.complain(key_node, "a key that is a list or a map", "Keys are plain words.")
                continue
            key = unicodedata.normalize("NFC", key_node.value)
            here = (*path, key)
            if key in tree:
                first = self.document.places[here]
                self.complain(
                    key_node,
                    f"key '{'.'.join(here)}' appears twice (first at {first})",
                    "Keep one of them.",
                )
                continue
            self.document.places[here] = f"{self.name}:{key_node.start_mark.line + 1}"
            tree[key] = self.value(value_node, here)
        return tree


def _compose(text: str) -> yaml.Node | None:
    """Compose text to nodes; aliases are refused since a few lines of them can unfold to gigabytes."""
    for event in yaml.parse(text, Loader=_CoreLoader):
        if isinstance(event, yaml.AliasEvent):
            raise _AliasError(event.start_mark)
    node = yaml.compose(text, Loader=_CoreLoader)
    return node if isinstance(node, yaml.Node) else None


def parse_value(text: str) -> Any:
    """Read one value as it would be read in a scenario file.

    Parameters
    ----------
    text : str
        YAML text of a scalar, list or map.

    Returns
    -------
    Any
        Plain value.

    Raises
    ------
    ValueError
        If the text is no YAML.
    """
    try:
        node = _compose(text)
    except yaml.YAMLError as error:
        raise ValueError(f"is not readable as a YAML value: {_reason(error)}") from error
    if node is None:
        return None
    document = Document()
    value = _Builder("value", document).value(node, ())
    if document.complaints:
        raise ValueError("; ".join(complaint.found for complaint in document.complaints))
    return value


def read_yaml(path: Path, name: str | None = None) -> Document:
    """Read a YAML file that holds one map.

    Parameters
    ----------
    path : Path
        The file.
    name : str, optional
        What complaints call it.

    Returns
    -------
    Document
        Tree and places; faults are in `complaints`, never raised.
    """
    document = Document()
    name = name or str(path)
    try:
        size = path.stat().st_size
        text = path.read_bytes()[: MAX_BYTES + 1].decode("utf-8-sig")
        if size > MAX_BYTES:
            raise OSError(f"{size:,} bytes, more than {MAX_BYTES:,}")
        node = _compose(text)
    except UnicodeDecodeError as error:
        document.complaints.append(Complaint(name, f"not UTF-8 text (byte {error.start})", "Save it as UTF-8."))
    except OSError as error:
        reason = error.strerror or str(error)
        document.complaints.append(
            Complaint(name, f"cannot be read: {reason}", "Give the path of a readable scenario file.")
        )
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        remedy = "Mend the line (indent with spaces, a space after each colon, quotes around special signs)."
        document.complaints.append(Complaint(where, f"not valid YAML: {_reason(error)}", remedy))
    else:
        if isinstance(node, yaml.MappingNode):
            document.tree = _Builder(name, document).mapping(node, ())
        elif node is None:
            document.complaints.append(Complaint(name, "the file is empty", "Write at least `name:`."))
        else:
            document.complaints.append(Complaint(name, "the file is not a map of keys", "Start with `name: ...`."))
    return document


def _reason(error: yaml.YAMLError) -> str:
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    context = getattr(error, "context", None)
    return f"{problem} ({context})" if context else str(problem)
