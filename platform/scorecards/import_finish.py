"""What can only be settled when the whole form is known: figures that rules ask for, what a veto's words mean among the
bands, limits on key items, items that earn over the total."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from scorecards.finding import Severity
from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    Form,
    Item,
    Judged,
    Levels,
    Limit,
    Parameter,
    Section,
    Tiers,
    Veto,
    VetoOnly,
    bands_from_best,
)
from scorecards.import_items import Source
from scorecards.reading import Reading, read_rule
from scorecards.reading_clauses import ONE_VOTE, veto_result
from scorecards.reading_text import normalise
from scorecards.reading_wholes import BEDS, PUPILS
from scorecards.verdict_text import read_limit

# Figures that a rule's wording may ask for.
PARAMETERS: Mapping[str, Parameter] = {
    PUPILS: Parameter(PUPILS, "学生数", "人", "profile"),
    BEDS: Parameter(BEDS, "每间床位数", "张", "asked"),
}
_BONUS_SECTION = re.compile(r"(?:附加|加|奖励)分(?:项|指标|内容|部分|因素)?|特色(?:加分|创新加分)")
_ENTRY_SECTION = re.compile(r"前置条件|准入条件|申报条件|参评条件|不得参评")
_BONUS_RULES = (AllOrNothing, Judged, Additive, Levels, Tiers)
# A veto in a remark hangs on no item, so somebody has to decide what it does.
_VETO_WORDS = re.compile(
    r"(?:实行|实施|给予|予以|直接|则|即|,|，|的).{0,6}一票否决|取消.{0,10}(?:资格|称号)|情形之一|情况之一"
)
_LISTED_ABOVE = re.compile(r"(?:上述|以上|所列).{0,10}(?:之一|任一|任何|情形|情况|事项|条款)")
_LEGEND = re.compile(r"[★※▲*☆△＊].{0,10}(?:为|是|表示|代表|指)")
_NOT_BEST = re.compile(
    r"(?:不得|不能|不予|一律不得|取消).*?(?:评为?|评定为?|定为|被评为|授予)[\"“]?(?P<band>[^\"”等的]{1,6})"
)


def finished(source: Source, form: Form, limit_notes: Iterable[str] = ()) -> Form:
    sections = tuple(_section(source, form.bands, section) for section in form.sections)
    used = [name for reading in source.readings.values() for name in reading.parameters]
    parameters = tuple(PARAMETERS[name] for name in dict.fromkeys(used))
    form = replace(form, sections=sections, parameters=parameters)
    form, notes = _with_list_results(source, form, limit_notes)
    form = replace(form, limits=tuple(_limits(source, form, notes)))
    explained = {limit.mark for limit in form.limits}
    source.findings = [
        one for one in source.findings if one.code != "mark_unexplained" or one.params.get("mark") not in explained
    ]
    return form


def _section(source: Source, bands: tuple[Band, ...], section: Section) -> Section:
    is_bonus = bool(_BONUS_SECTION.search(section.title)) and "扣" not in section.title
    items = tuple(_item(source, bands, item, is_bonus) for item in section.items)
    if source.of_table and _ENTRY_SECTION.search(section.title):
        items = tuple(_entry_condition(item) for item in items)
    return replace(section, items=items)


def _entry_condition(item: Item) -> Item:
    """Who does not meet it may not take part: no grade, whatever the score."""
    if not isinstance(item.rule, VetoOnly) or item.veto.effect != "verdict" or item.veto.label != ONE_VOTE:
        return item
    return replace(
        item, veto=replace(item.veto, effect="no_band", label="不符合前置条件"), review=item.review or "confirm"
    )


def _item(source: Source, bands: tuple[Band, ...], item: Item, is_bonus: bool) -> Item:
    reading = source.readings.get(item.code)
    if is_bonus or (reading is not None and reading.bonus):
        item = _bonus(source, item)
    if item.veto.effect == "verdict" and reading is not None:
        item = _veto(item, bands, reading)
    return item


def _bonus(source: Source, item: Item) -> Item:
    if not isinstance(item.rule, _BONUS_RULES):
        item = replace(item, rule=Judged(), review="decide")
    if item.points is None and isinstance(item.rule, Additive):
        item = replace(
            item, points=sum((entry.points for entry in item.rule.entries), start=item.rule.entries[0].points * 0)
        )
    source.add("info", "bonus_item", f"item:{item.code}")
    return replace(item, bonus=True)


def _veto(item: Item, bands: tuple[Band, ...], reading: Reading) -> Item:
    """ "评定为不合格" caps the band at 不合格 where that is one of the form's bands, "不得评为优秀" at the next below."""
    label = capped_band(item.veto.label, bands)
    return item if label is None else replace(item, veto=replace(item.veto, effect="band_cap", label=label))


def capped_band(words: str, bands: tuple[Band, ...]) -> str | None:
    ranked = [band.label for band in sorted(bands, key=lambda band: band.minimum, reverse=True)]
    if words in ranked:
        return words
    if matched := _NOT_BEST.search(words):
        for place, label in enumerate(ranked[:-1]):
            if matched["band"].startswith(label) or label.startswith(matched["band"]):
                return ranked[place + 1]
    return None


def _with_list_results(source: Source, form: Form, notes: Iterable[str]) -> tuple[Form, list[str]]:
    """ "有上述情形之一的，年度考核直接定为不合格" below a list of vetoes says what each of them does. The sentences that do not."""
    left: list[str] = []
    for note in notes:
        for text in re.split(r"[;；。\n]", note):
            result = veto_result(text) if _LISTED_ABOVE.search(text) else ""
            veto = read_rule(result, None).veto
            changed = form if veto.effect == "none" else _lead_to(form, veto)
            if changed is form:
                left.append(text)
            else:
                form = changed
                source.add("warning", "veto_list_result_read", text=text.strip()[:200])
    return form, left


def _lead_to(form: Form, veto: Veto) -> Form:
    """Every list of nothing but 一票否决 leads to `veto`; a person confirms each. The form itself where there is none."""
    band = capped_band(veto.label, form.bands)
    meant = veto if band is None else replace(veto, effect="band_cap", label=band)
    sections = tuple(
        replace(
            section, items=tuple(replace(item, veto=meant, review=item.review or "confirm") for item in section.items)
        )
        if section.items and all(_bare_veto(item) for item in section.items)
        else section
        for section in form.sections
    )
    return form if sections == form.sections else replace(form, sections=sections)


def _bare_veto(item: Item) -> bool:
    return isinstance(item.rule, VetoOnly) and item.veto.effect == "verdict" and item.veto.label == ONE_VOTE


def _limits(source: Source, form: Form, notes: Iterable[str]) -> Iterable[Limit]:
    labels = [band.label for band in bands_from_best(form)]
    marks = {item.mark for item in form.items() if item.mark}
    for note in notes:
        for text in re.split(r"[;；。\n]", note):
            if _VETO_WORDS.search(text) and not _LEGEND.search(text):
                source.add("warning", "limit_words_unread", text=text.strip()[:200])
                continue
            if not re.search(r"(?:重点|关键|核心|[★※▲*☆])", text) or not re.search(
                r"[\d一二两三四五]\s*(?:项|个|条)|[★※▲*☆]{1,3}(?:项目?|条款|指标)?(?:有)?不", normalise(text)
            ):
                continue
            if not re.search(r"不合格|不符合|不达标|未达|失分|未通过", text) or not re.search(
                r"评|判|定|降|得分|总分", text
            ):
                continue
            limit = read_limit(text, labels)
            severity: Severity = "warning"
            known = limit is not None and (
                limit.mark in marks if limit.mark else any(item.key for item in form.items())
            )
            if limit is None or not known:
                source.add(severity, "limit_words_unread", text=text.strip()[:200])
            else:
                source.add("warning", "limit_read", text=text.strip()[:200])
                yield limit
