"""One row's cells → one item, or several where a cell surely holds several."""

import re
from decimal import Decimal
from typing import Any

from scorecards.form import decimal_text
from scorecards.reading_clauses import veto_result
from scorecards.tables import words
from scorecards.tables.grid import Cell
from scorecards.tables.parts import Line, Part

MOST_TEXT = 2000
MOST_METHOD = 200
_PIECE = re.compile(r"(?:^|(?<=[\n；;。]))\s*(?:\d{1,2}[.、．)）](?!\d)|[(（]\d{1,2}[)）])\s*|\s*[①-⑳]\s*")


def pieces(text: str) -> list[str]:
    """The numbered pieces of a text, without their numbers; [] unless the whole text is such a list."""
    starts = list(_PIECE.finditer(text))
    if len(starts) < 2 or text[: starts[0].start()].strip():
        return []
    ends = [match.start() for match in starts[1:]] + [len(text)]
    found = [text[match.end() : end].strip() for match, end in zip(starts, ends, strict=True)]
    return found if all(found) else []


def as_items(line: Line, in_veto: bool, veto_rule: str, legend: dict[str, str], assume: str) -> list[dict[str, Any]]:
    split = _split_rows(line) or _split_cell(line)
    if split:
        return [
            _raw(line, part.text, _rule(part), _figure(part.text), f"{line.no}.{place}" if line.no else part.no,
                 in_veto, veto_rule, legend, assume, first=place == 1)
            for place, part in enumerate(split, start=1)
        ]  # fmt: skip
    texts = list(dict.fromkeys(part.text.strip() for part in line.parts if part.text))
    text = texts[0] if len(texts) == 1 else "；".join(words.one_line(one).rstrip("；;。") for one in texts)
    rules = list(dict.fromkeys(rule for part in line.parts for rule in [_rule(part)] if rule))
    if len(line.parts) > 1 and line.points is not None:
        line.said.append(("warning", "rows_joined", {"rows": len(line.parts)}))
    elif len(pieces(text)) > 1:
        line.said.append(("info", "several_in_cell", {"parts": len(pieces(text))}))
    points = line.points
    found = words.bracketed_points(text)
    rule = "；".join(item.rstrip("；;。") for item in rules) if len(rules) > 1 else "".join(rules)
    if points is None and found:
        points = sum(found, Decimal(0))
        if len(found) > 1:
            line.said.append(("warning", "points_added_up", {"parts": len(found), "points": points}))
    elif points is None and len(in_rule := words.bracketed_points(rule)) == 1 and not in_veto:
        points = in_rule[0]
    elif len(found) == 1 and points is not None and found[0] != points:
        line.said.append(("warning", "points_differ_in_text", {"text": found[0], "points": points}))
    elif len(found) > 1 and points is not None and sum(found, Decimal(0)) != points:
        line.said.append(("error", "subpoints_in_text", {"total": sum(found, Decimal(0)), "points": points}))
    return [_raw(line, text, rule, points, line.no, in_veto, veto_rule, legend, assume, keep=len(found) > 1)]


def _figure(text: str) -> Decimal | None:
    found = words.bracketed_points(text)
    return found[0] if len(found) == 1 else None


def _rule(part: Part) -> str:
    texts = list(dict.fromkeys(cell.text.strip() for cell in part.rules))
    if len(texts) == 1:
        return texts[0]
    return "；".join(text.rstrip("；;。") for text in texts)


def _closes(parts: list[Part], points: Decimal | None) -> bool:
    figures = [_figure(part.text) for part in parts]
    known = [figure for figure in figures if figure is not None]
    return len(known) == len(parts) > 1 and (points is None or sum(known, Decimal(0)) == points)


def _split_rows(line: Line) -> list[Part]:
    """Rows that share one points cell, each with its own points in its text."""
    return list(line.parts) if _closes(line.parts, line.points) else []


def _split_cell(line: Line) -> list[Part]:
    """ "1.…（3分）2.…（4分）" in one cell, where the points close and the rules can be told apart."""
    if len(line.parts) != 1:
        return []
    part = line.parts[0]
    texts = pieces(part.text)
    parts = [Part(text, [], part.cell) for text in texts]
    if not _closes(parts, line.points):
        return []
    rule = _rule(part)
    rules = pieces(rule)
    if len(rules) == len(parts):
        for one, text in zip(parts, rules, strict=True):
            one.rules = [Cell(text, 0, 0)]
        return parts
    if rules or re.search(r"[;；\n。].", rule):
        return []  # which rule belongs to which piece would be a guess
    for one in parts:
        one.rules = list(part.rules)
    return parts


def _raw(
    line: Line, text: str, rule: str, points: Decimal | None, no: str, in_veto: bool, veto_rule: str,
    legend: dict[str, str], assume: str, *, keep: bool = False, first: bool = True,
) -> dict[str, Any]:  # fmt: skip
    mark, (no, text) = words.marks_of(no, text)
    if not no:
        found = words.numbered(text)
        if found.number and found.rest and len(pieces(text)) < 2:
            no, text = found.number, found.rest
    mark_inside, (text,) = words.marks_of(text)
    mark = mark or mark_inside
    clean = text if keep or points is None else words.without_points(text)
    clean = words.one_line(clean) or text
    if line.prefix and line.prefix not in clean:
        clean = f"{line.prefix}：{clean}"
    raw: dict[str, Any] = {
        "no": no[:40],
        "text": clean[:MOST_TEXT],
        "points": None if points is None else decimal_text(points),
        "method": "；".join(line.methods)[:MOST_METHOD],
        "rule": rule[:MOST_TEXT],
        "note": "；".join(line.notes)[:MOST_TEXT],
        "said": list(line.said) if first else [],
    }
    if line.na_allowed:
        raw["na_allowed"] = True
    meaning = legend.get(mark, "")
    if in_veto:
        raw["veto"] = True
        if not raw["rule"]:
            worded = veto_rule.rstrip("：: 。") if len(veto_rule) <= 60 else ""
            # "一票否决项（有下列情形之一的，直接定为不合格）": the consequence stands beside the name of the list.
            stated = veto_result(worded) if "否决" in worded else worded
            raw["rule"] = stated if stated and "前置" not in worded else "一票否决"
    if mark:
        raw["mark"] = mark
        if "否决" in meaning:
            raw["veto"] = True
        elif re.search(r"关键|重点|核心|主要", meaning):
            raw["key"] = True
        elif re.search(r"必达|必须|必备|否定", meaning):
            raw["must_pass"] = True
        else:
            raw["said"].append(("warning", "mark_unexplained", {"mark": mark}))
    if not raw["rule"] and assume:
        raw["assume"] = assume
    return raw
