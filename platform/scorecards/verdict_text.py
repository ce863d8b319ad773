"""Reads the wording of a verdict ("重点项不合格<=1 且 70%<=一般项合格率<100%") into conditions."""

import re
from decimal import Decimal

from scorecards.form import Condition, Limit, LimitEffect, Metric, Operator, VerdictRule
from scorecards.reading_text import NUMBER, normalise, number

_SUBJECTS: tuple[tuple[str, Metric], ...] = (
    (r"(?:一般项|一般项目)(?:的)?(?:合格率|符合率|通过率)", "general_rate"),
    (r"(?:重点项|关键项|重点项目|★项)(?:目)?(?:不合格|不符合|未通过)(?:数|项数)?", "key_failed"),
    (r"(?:一般项|一般项目)(?:不合格|不符合|未通过)(?:数|项数)?", "general_failed"),
    (r"(?:否决项|红线项|一票否决)(?:成立|触发|命中)?(?:数|项数)?", "vetoes"),
)
_COMPARISONS: tuple[tuple[str, Operator], ...] = (
    (r"(?:>=|达到|不少于|不低于|大于等于|至少)", ">="),
    (r"(?:<=|不超过|不多于|小于等于|至多)", "<="),
    (r"(?:<|少于|低于|小于|不足)", "<"),
    (r"(?:>|超过|多于|大于|高于)", ">"),
    (r"(?:=|等于|为|恰)", "="),
)
_MIRROR: dict[Operator, Operator] = {"<": ">", "<=": ">=", "=": "=", ">=": "<=", ">": "<"}
_VALUE = rf"(?P<n>{NUMBER})(?:%|项|个)?(?P<above>及?以上)?(?P<below>及?以下)?"


def _comparison(text: str, metric: Metric) -> Condition | None:
    """What stands behind the subject: ">=2", "2项及以上", "不超过1项"."""
    for pattern, operator in _COMPARISONS:
        if matched := re.fullmatch(pattern + _VALUE, text):
            return Condition(metric, operator, number(matched["n"]))
    matched = re.fullmatch(_VALUE, text)
    if matched and (matched["above"] or matched["below"]):
        return Condition(metric, ">=" if matched["above"] else "<=", number(matched["n"]))
    return Condition(metric, "=", number(matched["n"])) if matched else None


def _mirrored(text: str, metric: Metric) -> Condition | None:
    """What stands before the subject: the "70%<=" of "70%<=rate<100%"."""
    for pattern, operator in _COMPARISONS[:4]:
        if matched := re.fullmatch(rf"(?P<n>{NUMBER})%?{pattern}", text):
            return Condition(metric, _MIRROR[operator], number(matched["n"]))
    return None


def _clause(text: str) -> tuple[Condition, ...] | None:
    zero = Decimal(0)
    if re.fullmatch(
        r"(?:所有|全部|各)?(?:重点项(?:目)?(?:和|与|、|及)一般项(?:目)?)?(?:均|都|全部)?(?:未发现问题|合格|符合|无不合格)",
        text,
    ):
        return (Condition("key_failed", "=", zero), Condition("general_failed", "=", zero))
    if re.fullmatch(r"(?:任一|任意一?(?:条|项)?|凡有?|有任何).{0,16}(?:成立|触发|出现|存在|命中)", text):
        return (Condition("vetoes", ">=", Decimal(1)),)
    if re.fullmatch(
        r"(?:无|没有|未发现|未触发)(?:任何)?(?:否决项?|红线项?|重大(?:事故)?隐患).{0,4}|(?:各条|各项)?均不成立",
        text,
    ):
        return (Condition("vetoes", "=", zero),)
    for pattern, metric in _SUBJECTS:
        matched = re.search(pattern, text)
        if not matched:
            continue
        before, after = text[: matched.start()], text[matched.end() :]
        found = [_mirrored(before, metric) if before else None, _comparison(after, metric) if after else None]
        wanted = [bool(before), bool(after)]
        if any(wanted) and all((condition is not None) == want for condition, want in zip(found, wanted, strict=True)):
            return tuple(condition for condition in found if condition is not None)
        return None
    return None


def read_verdict(label: str, text: str) -> VerdictRule | None:
    """None where any part of the wording is not understood: a verdict is never guessed."""
    alternatives: list[tuple[Condition, ...]] = []
    for alternative in re.split(r"或者?|;", normalise(text)):
        conditions: list[Condition] = []
        for clause in re.split(r"并且|且|同时|,", alternative):
            found = _clause(clause)
            if found is None:
                return None
            conditions.extend(found)
        alternatives.append(tuple(conditions))
    return VerdictRule(label, tuple(alternatives))


_LIMIT = re.compile(
    rf"(?:注?\d?[:.、])?.{{0,8}}?(?:(?P<mark>[★※▲*☆△]{{1,3}})(?:号|标|的)*(?:项目?|指标|条款|条目)?|重点项(?:目)?|关键项(?:目)?|核心(?:指标|项目?))(?:目)?(?:,|中|累计|出现|有|达到?|如有)*"
    rf"(?:(?P<n>{NUMBER})(?:项|个|条)(?P<over>及?以上|或以上)?)?(?:不合格|不符合|不达标|未达标|未达到要求|未通过|失分)(?:的|者)?,?(?:则|即|学校|食堂|该校|总评|本次检查|考核)*"
    r"(?:(?:不得|不能)(?:评|评定|定|被评)(?:为)?[\"“]?(?P<below>[^\"”,]{1,10}?)[\"”]?|(?:直接|一律)?(?:评定?|判定?|认定|定|视|降|确定)(?:为|至)[\"“]?(?P<label>[^\"”,]{1,10}?)[\"”]?|(?P<zero>总分(?:记|计|为)?0分|全表0分))(?:等次|等级|级别|单位)?"
)


def read_limit(text: str, labels: list[str]) -> Limit | None:
    """ "★项2项及以上不合格的,评定为不合格". `labels`: the bands, best first. None where not understood."""
    matched = _LIMIT.fullmatch(normalise(text))
    if matched is None:
        return None
    # "※项不合格的…" without a figure: the first.
    count = number(matched["n"] or "1")
    if count != int(count):
        return None
    at_least, mark = int(count), matched["mark"] or ""
    note = text.strip()[:500]
    if matched["zero"]:
        return Limit(at_least=at_least, effect="form_zero", mark=mark, note=note)
    if matched["below"]:
        places = [place for place, label in enumerate(labels) if label == matched["below"]]
        if not places or places[0] + 1 >= len(labels):
            return None
        return Limit(at_least=at_least, effect="band_cap", label=labels[places[0] + 1], mark=mark, note=note)
    label = matched["label"]
    effect: LimitEffect = "band_cap" if label in labels else "fail"
    return Limit(at_least=at_least, effect=effect, label=label, mark=mark, note=note)
