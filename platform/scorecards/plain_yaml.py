"""YAML and JSON from strangers: plain data only, within limits, never an alias, numbers exact.

Limits are far above any real form (the largest seen has 32 items in 6 kB).
"""

import json
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

import yaml

MAX_BYTES = 512 * 1024
MAX_NODES = 50_000
MAX_DEPTH = 20
MAX_NUMBER = 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPEN = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSE = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class Unreadable(Exception):
    """`code` with params is worded in scorecards.doctor_text."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _text(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise Unreadable("file_too_large", limit_kb=MAX_BYTES // 1024)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Unreadable("file_not_text")
    if "\x00" in text:
        raise Unreadable("file_not_text")
    return text


def _line(mark: Any) -> int:
    """0 where the parser does not know."""
    return mark.line + 1 if mark is not None else 0


def _checked(events: Iterator[yaml.Event]) -> None:
    """Refuses while reading, before anything is built: an alias makes a small file into a huge one."""
    depth = documents = 0
    for nodes, event in enumerate(events):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Unreadable("yaml_alias", line=_line(event.start_mark))
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
        if isinstance(event, _OPEN):
            depth += 1
        elif isinstance(event, _CLOSE):
            depth -= 1
        if depth > MAX_DEPTH or nodes > MAX_NODES or documents > 1:
            raise Unreadable("yaml_too_complex")


def _number(node: yaml.ScalarNode) -> Any:
    text = node.value
    if len(text) <= MAX_NUMBER:
        try:
            value = Decimal(text)
        except InvalidOperation:
            return text
        if value.is_finite():
            whole = node.tag.endswith(":int") and value == value.to_integral_value() and text.lstrip("+-").isdecimal()
            return int(value) if whole else value
    return text


def _plain(node: yaml.Node) -> Any:
    if not node.tag.startswith("tag:yaml.org,2002:") or node.tag.startswith("tag:yaml.org,2002:python"):
        raise Unreadable("yaml_bad_tag", line=_line(node.start_mark))
    if isinstance(node, yaml.MappingNode):
        out: dict[str, Any] = {}
        for key_node, value_node in node.value:
            # The bare key `no:` is a boolean to YAML 1.1; a form's keys are words, whatever they look like.
            if not isinstance(key_node, yaml.ScalarNode) or key_node.value in out:
                raise Unreadable("yaml_bad_key", line=_line(key_node.start_mark))
            out[key_node.value] = _plain(value_node)
        return out
    if isinstance(node, yaml.SequenceNode):
        return [_plain(child) for child in node.value]
    assert isinstance(node, yaml.ScalarNode)
    kind = node.tag.rsplit(":", 1)[1]
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() in ("true", "yes", "on")
    return _number(node) if kind in ("int", "float") else node.value


def _storable(value: Any) -> Any:
    """The value, unless it hides by an escape what no database keeps: a NUL, half a surrogate pair."""
    rest = [value]
    while rest:
        one = rest.pop()
        if isinstance(one, dict):
            rest += [*one, *one.values()]
        elif isinstance(one, list):
            rest += one
        elif isinstance(one, str) and ("\x00" in one or any("\ud800" <= mark <= "\udfff" for mark in one)):
            raise Unreadable("file_not_text")
    return value


def read_plain_yaml(data: bytes) -> Any:
    """Text, bool, int, Decimal, None in dicts and lists; Unreadable otherwise."""
    text = _text(data)
    try:
        _checked(yaml.parse(text, Loader=_LOADER))
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable("yaml_syntax", line=_line(mark)) from error
    except yaml.YAMLError as error:
        raise Unreadable("yaml_syntax", line=0) from error
    return None if node is None else _storable(_plain(node))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        raise Unreadable("json_syntax", line=0)
    return out


def _exact(text: str) -> Decimal:
    if len(text) > MAX_NUMBER:
        raise Unreadable("json_syntax", line=0)
    return Decimal(text)


def _constant(name: str) -> Any:
    raise Unreadable("json_syntax", line=0)


def read_plain_json(data: bytes) -> Any:
    """Numbers are int or Decimal, never float; NaN, Infinity and repeated keys are refused."""
    text = _text(data)
    try:
        value = json.loads(
            text,
            parse_float=_exact,
            parse_int=lambda digits: int(_exact(digits)),
            parse_constant=_constant,
            object_pairs_hook=_once,
        )
    except json.JSONDecodeError as error:
        raise Unreadable("json_syntax", line=error.lineno) from error
    except RecursionError as error:
        raise Unreadable("yaml_too_complex") from error
    return _storable(value)
