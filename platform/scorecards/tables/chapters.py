"""What was read of one form's rows: its chapters and lines, and their shape for scorecards.importing."""

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from scorecards.form import decimal_text
from scorecards.tables import words
from scorecards.tables.parts import Line, Said
from scorecards.tables.splitting import as_items

MOST_TITLE = 200


@dataclass(slots=True)
class Group:
    """Points that a level within a section prints for its items together."""

    label: str
    points: Decimal
    lines: list[Line] = field(default_factory=list)


@dataclass(slots=True)
class Chapter:
    """A section while its rows are read. `text`: its heading as printed."""

    title: str
    text: str = ""
    points: Decimal | None = None
    lines: list[Line] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    is_veto: bool = False
    veto_rule: str = ""
    said: list[Said] = field(default_factory=list)
    parent: "Chapter | None" = None
    rank: int | None = None


@dataclass(slots=True)
class Table:
    """What was read of one form. `notes` in the order of the page; `sums`: what sum rows print."""

    sections: list[Chapter] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    sums: list[tuple[str, Decimal]] = field(default_factory=list)
    said: list[Said] = field(default_factory=list)

    def all_notes(self) -> list[str]:
        """Also the headings under which nothing stands: those were remarks."""
        held = {id(section.parent) for section in self.sections}
        empty = [
            one.text
            for one in self.sections
            if one.text and not one.lines and one.points is None and id(one) not in held
        ]
        return [*empty, *self.notes]


def said_of_heading(text: str, printed: Decimal | None) -> list[Said]:
    return [("info", "heading_points_read", {"points": printed})] if words.bare_points(text) else []


def close_groups(table: Table) -> None:
    for section in table.sections:
        for group in section.groups:
            total = sum((line.points or Decimal(0) for line in group.lines), Decimal(0))
            if group.lines and all(line.points is None for line in group.lines) and len(group.lines) == 1:
                group.lines[0].points = group.points
            elif total and total != group.points:
                params = {"label": group.label[:60], "items": total, "points": group.points}
                section.said.append(("error", "group_sum", params))


def raw_sections(table: Table, legend: dict[str, str], assume: Callable[[Line], str]) -> list[dict[str, Any]]:
    """As the table-like YAML has them; `said` beside each."""
    out: list[dict[str, Any]] = []
    for section in table.sections:
        items = [
            raw
            for line in section.lines
            for raw in as_items(line, section.is_veto, section.veto_rule, legend, assume(line))
        ]
        if not items and section.points is None:
            continue
        holder = any(other.parent is section for other in table.sections)
        if not items and holder:
            continue  # "一、" above its own "（一）": its points are compared below
        title = section.title
        if section.parent is not None and not section.parent.lines and section.parent.title not in title:
            title = f"{section.parent.title} {title}"[:MOST_TITLE]
        out.append(
            {
                "title": title,
                "points": None if section.points is None else decimal_text(section.points),
                "items": items,
                "said": section.said,
                "veto": section.is_veto,
            }
        )
    for section in table.sections:
        below = [other for other in table.sections if other.parent is section]
        printed = [other.points for other in below]
        if below and not section.lines and section.points is not None and None not in printed:
            total = sum((points for points in printed if points is not None), Decimal(0))
            if total != section.points:
                params = {"label": section.title[:60], "items": total, "points": section.points}
                table.said.append(("error", "group_sum", params))
    return out
