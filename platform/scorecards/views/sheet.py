"""A version as its page shows it: the form as the bureau's paper has it, with what was found at each place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _

from scorecards.answers import EXPECTED
from scorecards.doctor_text import finding_text, where_text
from scorecards.finding import Finding
from scorecards.form import (
    WITHOUT_POINTS,
    Band,
    Form,
    Item,
    RequiredCount,
    Section,
    Tiers,
    VerdictRule,
    VetoOnly,
    bands_from_best,
    base_of,
    decimal_text,
)
from scorecards.form_json import shape_of
from scorecards.labels import PARAMETER_SOURCES, TAGS
from scorecards.models import FormVersion
from scorecards.perfect import perfect_result
from scorecards.problems import ProblemsFound
from scorecards.result import Result
from scorecards.rule_words import limit_words, repeat_words, rule_words, share_words, verdict_words, veto_words
from scorecards.service import form_of
from scorecards.service.findings import as_finding, of_import


@dataclass(frozen=True, slots=True)
class ShownFinding:
    """`can_settle`: it is the import's, so nothing but a person's word makes it go."""

    severity: str
    code: str
    where: str
    place: str
    text: str
    can_settle: bool = False

    @property
    def item_code(self) -> str:
        kind, _, name = self.where.partition(":")
        return name if kind == "item" else ""


@dataclass(frozen=True, slots=True)
class ShownItem:
    item: Item
    rule_lines: Sequence[str]
    veto: str
    findings: Sequence[ShownFinding]

    @property
    def traits(self) -> list[tuple[str, str]]:
        """(words, tone) of what sets the item apart."""
        item = self.item
        found = [(item.mark, "danger")] if item.mark else []
        found += [(_("重点项"), "danger")] if item.key else []
        found += [(_("加分项"), "success")] if item.bonus else []
        found += [(_("可不适用"), "neutral")] if item.na_allowed else []
        return found + [(_("需有%(what)s", what=TAGS.get(tag, tag)), "info") for tag in item.tags]

    @property
    def shape(self) -> str:
        return shape_of(self.item.rule)

    @property
    def answer_kind(self) -> str:
        return EXPECTED[self.shape]

    @property
    def counts_present(self) -> bool:
        """What is there is counted, not what is wrong."""
        rule = self.item.rule
        return isinstance(rule, RequiredCount) or (isinstance(rule, Tiers) and rule.counts == "present")

    @property
    def entries(self) -> Sequence[Any]:
        return getattr(self.item.rule, "entries", ())


@dataclass(frozen=True, slots=True)
class ShownSection:
    """`items_sum`: what its items add up to, None where they bear no points."""

    section: Section
    items: Sequence[ShownItem]
    items_sum: Decimal | None
    findings: Sequence[ShownFinding]

    @property
    def traits(self) -> list[str]:
        section = self.section
        found = [repeat_words(section.repeat)] if section.repeat else []
        found += [_("最多扣 %(points)s 分", points=decimal_text(section.cap))] if section.cap is not None else []
        found += [_("可整体不适用")] if section.na_allowed else []
        return found + ([share_words(section.na_share)] if section.na_share else [])


@dataclass(frozen=True, slots=True)
class Sheet:
    """`best`: what a flawless visit gives, None where the draft cannot be scored yet."""

    form: Form
    sections: Sequence[ShownSection]
    findings: Sequence[ShownFinding]
    bands: Sequence[Band]
    verdicts: Sequence[tuple[VerdictRule, str]]
    base: Decimal
    best: Result | None
    waiting: Sequence[Item]

    def limits(self) -> list[str]:
        return [limit_words(limit) for limit in self.form.limits]

    def settings(self) -> list[tuple[str, str]]:
        """(name, words) of what only some forms have."""
        form = self.form
        found = [(_("逐个单元填写"), repeat_words(form.repeat))] if form.repeat else []
        if form.bonus_cap is not None:
            found.append((_("加分上限"), _("%(points)s 分", points=decimal_text(form.bonus_cap))))
        if form.parameters:
            words = [f"{one.label}（{PARAMETER_SOURCES[one.source]}）" for one in form.parameters]
            found.append((_("参数"), "、".join(words)))
        return found

    def at(self, *kinds: str) -> list[ShownFinding]:
        """The findings at places of these kinds."""
        return [one for one in self.findings if one.where.partition(":")[0] in kinds]

    def counts(self) -> Mapping[str, int]:
        return {level: sum(one.severity == level for one in self.findings) for level in ("error", "warning", "info")}


def shown_finding(finding: Finding, can_settle: bool = False) -> ShownFinding:
    place, text = where_text(finding), finding_text(finding)
    return ShownFinding(finding.severity, finding.code, finding.where, place, text, can_settle)


def shown_findings(version: FormVersion) -> list[ShownFinding]:
    return [shown_finding(as_finding(one), of_import(one)) for one in version.findings]


def sheet_of(version: FormVersion) -> Sheet:
    form = form_of(version)
    findings = shown_findings(version)
    by_place: dict[str, list[ShownFinding]] = {}
    for finding in findings:
        by_place.setdefault(finding.where, []).append(finding)
    names = {one.name: one.label for one in form.parameters}
    return Sheet(
        form=form,
        sections=[_section(section, by_place, names) for section in form.sections],
        findings=findings,
        bands=bands_from_best(form),
        verdicts=[(rule, verdict_words(rule)) for rule in (form.verdicts.rules if form.verdicts else ())],
        base=base_of(form),
        best=_best(form),
        waiting=[item for item in form.items() if item.review],
    )


def _section(
    section: Section, by_place: Mapping[str, Sequence[ShownFinding]], names: Mapping[str, str]
) -> ShownSection:
    bearing = [item.points for item in section.items if not isinstance(item.rule, WITHOUT_POINTS) and not item.bonus]
    return ShownSection(
        section=section,
        items=[_item(item, by_place.get(f"item:{item.code}", ()), names) for item in section.items],
        items_sum=sum((points or Decimal(0) for points in bearing), Decimal(0)) if bearing else None,
        findings=by_place.get(f"section:{section.code}", ()),
    )


def _item(item: Item, findings: Sequence[ShownFinding], names: Mapping[str, str]) -> ShownItem:
    return ShownItem(
        item=item,
        rule_lines=rule_words(item.rule, item.points, names),
        veto=veto_words(item.veto, on_finding=isinstance(item.rule, VetoOnly)),
        findings=findings,
    )


def _best(form: Form) -> Result | None:
    try:
        return perfect_result(form)
    except ProblemsFound:
        return None
