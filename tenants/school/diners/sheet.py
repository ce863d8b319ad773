"""The table of pupils: the same columns in and out, so that an export can be edited and brought back."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from kernel.sheets import Column, SheetSpec
from school.diners.labels import ALLERGENS, SEXES
from school.diners.models import Pupil
from school.diners.rules import Allergen

SEPARATORS = r"[、，,;；/]"

SPEC = SheetSpec(
    _l("学生名单"),
    (
        Column("number", _l("学号"), required=True, kind="code", most=30, example="20260101", aliases=("学籍号", "编号")),
        Column("name", _l("姓名"), required=True, most=50, example="演示学生", width=12),
        Column(
            "class_name", _l("班级"), required=True, most=40, example="三年级2班",
            help=_l("填写本校已有班级的名称；没有的班级请先新建。"),
        ),
        Column("sex", _l("性别"), required=True, kind="choice", choices=SEXES, example="女", width=8),
        Column("birth_date", _l("出生日期"), kind="date", example="2018-05-04", width=14),
        Column("is_boarder", _l("住校"), kind="flag", example="否", width=8),
        Column(
            "allergens", _l("过敏原"), most=100, example="花生、乳制品", width=20,
            help=_l("可填：含麸质谷物、甲壳类、鱼类、蛋类、花生、大豆、乳制品、坚果；多个用顿号隔开，没有过敏填“无”。"),
        ),
        Column("allergy_note", _l("过敏说明"), most=200, width=24),
        Column(
            "left_on", _l("离校日期"), kind="date", width=14,
            help=_l("已转出、毕业的学生填写；此后不再计入人数。"),
        ),
    ),
)  # fmt: skip
NONE_WORDS = frozenset({"无", "没有", "none", "no", "-"})


def allergens_of(text: str | None) -> list[str] | None:
    """花生、乳制品 → codes in their order; None where the cell was empty; an unknown word stays as it is."""
    if text is None:
        return None
    words = {str(label).lower(): str(code) for code, label in ALLERGENS.items()} | {
        code.value: code.value for code in Allergen
    }
    given: list[str] = []
    for part in re.split(SEPARATORS, text):
        word = part.strip()
        # A name may have blanks in it; only what is no name is taken apart at them.
        given += [word] if word.lower() in words else word.split()
    if all(word.lower() in NONE_WORDS for word in given):
        return []
    codes = [words.get(word.lower(), word) for word in given]
    order = {code.value: position for position, code in enumerate(Allergen)}
    return sorted(dict.fromkeys(codes), key=lambda code: order.get(code, len(order)))


def export_rows(pupils: Iterable[Pupil], class_names: Mapping[Any, str]) -> list[dict[str, Any]]:
    return [
        {
            "number": pupil.number, "name": pupil.name, "class_name": class_names.get(pupil.class_id, ""),
            "sex": pupil.sex, "birth_date": pupil.birth_date, "is_boarder": pupil.is_boarder,
            "allergens": "、".join(str(ALLERGENS[Allergen(code)]) for code in pupil.allergens),
            "allergy_note": pupil.allergy_note, "left_on": pupil.left_on,
        }
        for pupil in pupils
    ]  # fmt: skip
