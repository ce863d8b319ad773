"""Who was at a meal: the class teacher's list on a phone, and the table in and out."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from kernel.sheets import export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import AbsentForm, AttendanceQuery
from school.canteen_books.service import attending, importing, plans
from school.canteen_books.sheets import ATTENDANCE
from school.canteen_books.views.blueprint import blueprint, month_in
from school.diners.labels import ALLERGENS, MEALS
from school.diners.rules import Meal
from school.diners.service.counting import active_classes
from school.diners.views.rosters import Roster, add_pages


@blueprint.get("/meal-attendance")
@access(Permission.ATTEND)
def attendance() -> str:
    query = Form.blank(AttendanceQuery(), dict(request.args.items()))
    try:
        asked = query.load()
    except Invalid:
        asked = AttendanceQuery().load({})
    return _page(asked)


def _page(asked: dict[str, Any], form: Form | None = None) -> str:
    actor = current_actor()
    classes = active_classes(actor, actor.own_school_id())
    own = [one for one in classes if one.teacher_id == actor.account_id]
    class_id = asked["class_id"] or (own[0].id if own else None)
    chosen = next((one for one in classes if one.id == class_id), None)
    meals = plans.meals_planned(actor)
    meal = asked["meal"] or (Meal.LUNCH if Meal.LUNCH in meals else meals[0] if meals else None)
    day = asked["day"] or today()
    rows = attending.class_at(actor, chosen.id, day, meal) if chosen and meal else []
    return render_template(
        "canteen_books/attendance.html", day=day, meal=meal, meals=meals, meal_labels=MEALS, classes=classes,
        chosen=chosen, rows=rows, allergens=ALLERGENS, form=form, month=f"{day:%Y-%m}",
    )  # fmt: skip


@blueprint.post("/meal-attendance")
@access(Permission.ATTEND)
def record_attendance() -> Any:
    actor = current_actor()
    form = Form.submitted(AbsentForm())
    asked: dict[str, Any] = {"class_id": None, "day": None, "meal": None}
    with form.catching():
        data = form.load()
        asked = {"class_id": data["class_id"], "day": data["on_day"], "meal": data["meal"]}
        there = attending.record_class(
            actor, data["class_id"], data["on_day"], Meal(data["meal"]), set(data["absent"]), {}
        )
        flash(_("已登记，用餐 %(count)s 人。", count=there), "success")
        return redirect(
            url_for(
                "canteen_books.attendance", class_id=data["class_id"], day=data["on_day"].isoformat(), meal=data["meal"]
            )
        )
    return _page(asked, form), form.refusal_status


@blueprint.get("/meal-attendance/months/<book_month>.xlsx")
@access(Permission.ATTEND_READ)
def export_attendance(book_month: str) -> Response:
    rows = importing.export_attendance(current_actor(), month_in(book_month))
    return download(export_xlsx(ATTENDANCE, rows), _("用餐考勤 %(month)s.xlsx", month=book_month))


add_pages(
    blueprint,
    Roster(
        kind=importing.ATTENDANCE_KIND, name="attendance", path="/meal-attendance/imports", permission=Permission.ATTEND,
        title=_l("导入考勤"),
        help=_l("一行是一名学生的一段缺餐（或按次就餐的学生的用餐），以学号对应。中间的周末和不供餐的日子自动跳过。"),
        spec=lambda: ATTENDANCE, check=importing.check_attendance, apply=importing.apply_attendance,
        line=lambda row: {
            "title": row["name"], "is_new": True, "row": row["row"],
            "detail": f"{row['slots'][0][0]} – {row['slots'][-1][0]}  × {len(row['slots'])}  {row['reason']}",
        },
        back="canteen_books.attendance", back_label=_l("用餐考勤"),
    ),
)  # fmt: skip
