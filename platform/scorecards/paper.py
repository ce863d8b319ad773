"""A form as the table that bureaus know, for Excel and Word: 项目 | 检查内容 | 分值 | 评分标准 | 考核方法, with room for the
school's own score, the inspectors' score and what was found. What is exported can be imported again."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from scorecards.form import WITHOUT_POINTS, Form, Item, Section, bands_from_best, base_of, decimal_text
from scorecards.rule_words import rule_words, verdict_words, veto_words


@dataclass(frozen=True, slots=True)
class Row:
    """`points` None: the item bears none."""

    no: str
    text: str
    points: Decimal | None
    rule: str
    method: str


@dataclass(frozen=True, slots=True)
class Part:
    title: str
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Paper:
    """`columns`: (heading, width in characters, is left blank to be filled in). `foot`: lines below the table."""

    title: str
    columns: Sequence[tuple[str, int, bool]]
    parts: Sequence[Part]
    total: Decimal | None
    foot: Sequence[str]

    @property
    def row_count(self) -> int:
        return sum(max(len(part.rows), 1) for part in self.parts)


def paper_of(form: Form) -> Paper:
    base = base_of(form)
    return Paper(
        title=form.title,
        columns=(
            (_("项目"), 14, False), (_("序号"), 7, False), (_("检查内容"), 42, False), (_("分值"), 7, False),
            (_("评分标准"), 36, False), (_("考核方法"), 14, False), (_("自评分"), 8, True), (_("考评分"), 8, True),
            (_("存在问题"), 20, True),
        ),
        parts=[Part(_heading(section), [_row(item, key_mark(form)) for item in section.items]) for section in form.sections],
        total=base if base else None,
        foot=[*_legend(form), *_foot(form), *(_("备注：%(text)s", text=note) for note in form.notes)],
    )  # fmt: skip


def key_mark(form: Form) -> str:
    """The sign of key items that have none of their own: the first that no other item bears."""
    taken = {item.mark for item in form.items() if item.mark and not item.key}
    return next((mark for mark in ("★", "▲", "※", "☆") if mark not in taken), "◆")


def _legend(form: Form) -> list[str]:
    """What an import reads the marks by."""
    marks = [item.mark or key_mark(form) for item in form.items() if item.key]
    return [_("注：%(mark)s为关键项", mark=mark) for mark in dict.fromkeys(marks)]


def _heading(section: Section) -> str:
    title = section.title or section.code
    bearing = [item.points for item in section.items if not isinstance(item.rule, WITHOUT_POINTS) and not item.bonus]
    points = section.points if section.points is not None else sum((one or Decimal(0) for one in bearing), Decimal(0))
    return _("%(title)s（%(points)s分）", title=title, points=decimal_text(points)) if points else title


def _row(item: Item, key_mark: str) -> Row:
    """The source's own words; without any, the rule in words that an import reads again."""
    words = [item.rule_text] if item.rule_text else rule_words(item.rule, item.points)
    veto = veto_words(item.veto)
    if veto and not item.rule_text:
        words.append(veto)
    mark = item.mark or (key_mark if item.key else "")
    return Row(item.no or item.code, mark + item.text, item.points, "；".join(words), item.method)


def _foot(form: Form) -> list[str]:
    lines = []
    bands = bands_from_best(form)
    if bands:
        words = [
            _("%(label)s：%(minimum)s 分及以上", label=one.label, minimum=decimal_text(one.minimum)) for one in bands
        ]
        lines.append(_("等级：%(bands)s", bands="；".join(words)))
    if form.verdicts:
        lines += [f"{rule.label}：{verdict_words(rule)}" for rule in form.verdicts.rules]
    lines.append(
        _("检查人员（签名）：                学校负责人（签名）：                检查日期：      年    月    日")
    )
    return lines
