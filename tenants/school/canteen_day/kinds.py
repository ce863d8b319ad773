"""Every kind of record in one table: its model, its schemas, how an entry becomes a row, which duty it fulfils.

`code` stands in addresses, in exports and in the marks of duties. Labels are lazy translations.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from school.canteen_day import group_models, models, schemas
from school.canteen_day.permissions import Permission
from school.canteen_day.service import preparing
from school.canteen_day.service.preparing import Prepare


@dataclass(frozen=True, slots=True)
class Kind:
    """`duty` "": none. `per_meal`: the duty is owed for every meal. `icon`: of frontend/icons."""

    code: str
    model: Any
    takes: type[schemas.DayRecordIn]
    gives: type[schemas.DayRecordOut]
    prepare: Prepare
    title: Any
    icon: str
    duty: str = ""
    per_meal: bool = False
    permission: str = Permission.RECORD

    @property
    def slug(self) -> str:
        return self.code.replace("_", "-") + "s"


STAFF_CHECK = Kind(
    "staff_check", models.StaffCheck, schemas.StaffCheckIn, schemas.StaffCheckOut, preparing.staff_check,
    _l("从业人员晨检"), "user-check", "morning_check",
)  # fmt: skip
DISINFECTION = Kind(
    "disinfection", models.Disinfection, schemas.DisinfectionIn, schemas.DisinfectionOut, preparing.disinfection,
    _l("消毒"), "spray", "disinfection", per_meal=True,
)  # fmt: skip
COOKING = Kind(
    "cooking_temperature", models.CookingTemperature, schemas.CookingTemperatureIn, schemas.CookingTemperatureOut,
    preparing.cooking_temperature, _l("中心温度"), "temperature", "cooking_temperature", per_meal=True,
)  # fmt: skip
SAMPLE = Kind(
    "food_sample", models.FoodSample, schemas.FoodSampleIn, schemas.FoodSampleOut, preparing.food_sample,
    _l("食品留样"), "flask", "sample_retention", per_meal=True,
)  # fmt: skip
ACCOMPANYING = Kind(
    "accompanying_meal", models.AccompanyingMeal, schemas.AccompanyingMealIn, schemas.AccompanyingMealOut,
    preparing.accompanying_meal, _l("陪餐"), "users", "accompanying_meal", per_meal=True,
    permission=Permission.ACCOMPANY,
)  # fmt: skip
TASTING = Kind(
    "tasting", models.Tasting, schemas.TastingIn, schemas.TastingOut, preparing.tasting, _l("餐前试尝"),
    "tools-kitchen-2", "tasting", per_meal=True,
)  # fmt: skip
WASTE = Kind(
    "waste_weight", models.Waste, schemas.WasteIn, schemas.WasteOut, preparing.waste, _l("餐厨废弃物"), "recycle",
    "waste", per_meal=True,
)  # fmt: skip
REFRIGERATOR = Kind(
    "refrigerator_temperature", models.RefrigeratorTemperature, schemas.RefrigeratorTemperatureIn,
    schemas.RefrigeratorTemperatureOut, preparing.refrigerator_temperature, _l("冷藏冷冻温度"), "snowflake",
    "refrigerator_temperature",
)  # fmt: skip
CLEANING = Kind(
    "cleaning", models.Cleaning, schemas.CleaningIn, schemas.CleaningOut, preparing.done_by_me, _l("清扫保洁"),
    "wash", "cleaning",
)  # fmt: skip
PEST = Kind(
    "pest_control", models.PestControl, schemas.PestControlIn, schemas.PestControlOut, preparing.as_entered,
    _l("有害生物防制"), "bug", "pest_control",
)  # fmt: skip
WATER = Kind(
    "water_machine_check", models.WaterMachineCheck, schemas.WaterMachineCheckIn, schemas.WaterMachineCheckOut,
    preparing.water_machine_check, _l("饮水机检查"), "droplet", "water_machine_check",
)  # fmt: skip
HANDOVER = Kind(
    "handover", models.Handover, schemas.HandoverIn, schemas.HandoverOut, preparing.handover, _l("交接班"),
    "arrows-exchange",
)  # fmt: skip
CONTROL = Kind(
    "control_report", group_models.ControlReport, schemas.ControlReportIn, schemas.ControlReportOut,
    preparing.control_report, _l("日管控、周排查、月调度"), "shield-check",
)  # fmt: skip
SUPERVISION = Kind(
    "supervision_check", group_models.SupervisionCheck, schemas.SupervisionCheckIn, schemas.SupervisionCheckOut,
    preparing.supervision_check, _l("监督小组检查"), "eye-check", "supervision_group", permission=Permission.MANAGE,
)  # fmt: skip
MEETING = Kind(
    "onsite_meeting", group_models.OnsiteMeeting, schemas.OnsiteMeetingIn, schemas.OnsiteMeetingOut,
    preparing.as_entered, _l("食堂现场办公会"), "messages", "onsite_meeting", permission=Permission.MANAGE,
)  # fmt: skip
KINDS: Mapping[str, Kind] = {
    kind.code: kind
    for kind in (
        STAFF_CHECK, REFRIGERATOR, COOKING, TASTING, SAMPLE, ACCOMPANYING, WASTE, DISINFECTION, CLEANING, PEST, WATER,
        HANDOVER, CONTROL, SUPERVISION, MEETING,
    )
}  # fmt: skip
CONTROL_DUTIES: Mapping[str, str] = {
    "daily": "daily_control",
    "weekly": "weekly_check",
    "monthly": "monthly_meeting",
}
