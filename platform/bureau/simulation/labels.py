"""Words for hints and refusals."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

HINTS = {
    "all_same": _l("分不出高低"),
    "no_influence": _l("不影响名次"),
    "decides_alone": _l("一项定胜负"),
    "fits_one": _l("只适合一家"),
    "names_brand": _l("指向一个品牌"),
}
TONES = {
    "all_same": "warning", "no_influence": "neutral", "decides_alone": "warning", "fits_one": "danger",
    "names_brand": "danger",
}  # fmt: skip


def hint_text(code: str, factor: str, names: str, figures: Mapping[str, Any]) -> str:
    if code == "all_same":
        return _(
            "“%(factor)s”占 %(points)s 分，但所有投标得分相同，起不到区分作用。",
            factor=factor,
            points=figures["points"],
        )
    if code == "no_influence":
        return _(
            "去掉“%(factor)s”，名次完全不变（最高与最低相差 %(span)s 分）。", factor=factor, span=figures["span"]
        )  # fmt: skip
    if code == "decides_alone":
        return _(
            "“%(factor)s”的分差 %(span)s 分，大于其余各项之和 %(others)s 分，并且决定了第一名（%(names)s）。",
            factor=factor, span=figures["span"], others=figures["others"], names=names,
        )  # fmt: skip
    if code == "fits_one":
        return _(
            "“%(factor)s”只有 %(names)s 得满分，其余最高只得 %(next)s%%，请核对是否有指向性。",
            factor=factor, names=names, next=figures["next"],
        )  # fmt: skip
    return _(
        "“%(factor)s”的文字出现品牌“%(brand)s”，只有 %(names)s 投了这个品牌。",
        factor=factor, brand=figures["brand"], names=names,
    )  # fmt: skip


REFUSALS = {
    "too_few_bids": _l("至少要有三家投标才能试算。"),
    "not_hundred": _l("各项分值合计应为 100 分。"),
}
