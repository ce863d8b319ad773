"""The table of schools: the same columns to import and to export, so that an export can be edited and brought back."""

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from bureau.schools import labels
from bureau.schools.models import School
from bureau.schools.rules import AGE_BANDS, MOST_PEOPLE
from kernel.sheets import Column, SheetSpec

_ABOUT: dict[str, dict[str, Any]] = {
    "code": {"kind": "code", "required": True, "most": 20, "example": "XX-001", "width": 14},
    "name": {"required": True, "most": 100, "example": "演示中心小学", "width": 28},
    "stage": {"kind": "choice", "required": True, "choices": labels.STAGE, "example": "小学", "width": 14},
    "setting": {"kind": "choice", "choices": labels.SETTING, "example": "镇区", "width": 12},
    "is_boarding": {"kind": "flag", "example": "是", "width": 12},
    "canteen_mode": {"kind": "choice", "choices": labels.CANTEEN_MODE, "example": "自营", "width": 14},
    "address": {"most": 200, "width": 32},
    "latitude": {"kind": "decimal", "least": -90, "greatest": 90, "places": 6, "width": 12},
    "longitude": {"kind": "decimal", "least": -180, "greatest": 180, "places": 6, "width": 12},
    "contact_name": {"most": 50, "width": 12},
    "contact_phone": {"kind": "code", "most": 20, "width": 16},
}
_ORDER = (
    "code", "name", "stage", "zone", "setting", "is_boarding", "canteen_mode", *AGE_BANDS, "classes", "staff_count",
    "boarders_male", "boarders_female", "diners", "address", "latitude", "longitude", "contact_name", "contact_phone",
)  # fmt: skip


def _column(key: str) -> Column:
    if key == "zone":
        return Column(
            "zone", labels.FIELD["zone_id"], most=50, width=14, example="东片区",
            help=_l("片区名称或代码；表中写了还没有的片区，导入时一并新建。"),
        )  # fmt: skip
    if key in _ABOUT:
        return Column(key, labels.FIELD[key], **_ABOUT[key])
    return Column(key, labels.FIELD[key], kind="integer", least=0, greatest=MOST_PEOPLE, width=12, example="0")


SPEC = SheetSpec(name=_l("学校"), columns=[_column(key) for key in _ORDER])
STATE_COLUMN = Column("state", _l("状态"), kind="choice", choices=labels.STATE, width=12)
EXPORT_SPEC = SheetSpec(name=_l("学校"), columns=[*SPEC.columns, STATE_COLUMN])


def export_rows(schools: Iterable[School], zone_names: Mapping[int, str]) -> list[dict[str, Any]]:
    """One row of plain values per school, by column key."""
    rows = []
    for school in schools:
        row = {key: getattr(school, key) for key in _ORDER if key != "zone"}
        row["zone"] = zone_names.get(school.zone_id) if school.zone_id is not None else None
        row["state"] = school.state
        rows.append(row)
    return rows
