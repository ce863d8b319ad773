"""The bureau compares: schools of the same kind, and the items most often lost."""

from typing import Any
from uuid import UUID

from flask import Response, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.inspections import labels
from bureau.inspections.permissions import Permission
from bureau.inspections.service import planning, results
from bureau.inspections.service.results import LostItem, Place
from bureau.inspections.views.blueprint import blueprint
from bureau.schools import labels as school_labels
from kernel.access.edge import access, current_actor
from kernel.sheets import MEDIA_TYPE, Column, SheetSpec, export_xlsx
from kernel.web.downloads import disposition

SHOWN_IN_CHART = 30
RANKING = SheetSpec(
    _l("同类学校排名"),
    (
        Column("group", _l("学校类别"), width=20),
        Column("rank", _l("名次"), kind="integer", width=8),
        Column("school", _l("学校"), width=36),
        Column("score", _l("得分"), kind="decimal", width=10),
        Column("band", _l("等级"), width=12),
    ),
)


@blueprint.get("/plans/<uuid:plan_id>/ranking")
@access(Permission.COMPARE)
def ranking(plan_id: UUID) -> str:
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    groups: dict[tuple[str, bool], list[Place]] = {}
    for place in results.ranking(actor, plan_id):
        groups.setdefault((place.stage, place.is_boarding), []).append(place)
    chosen = _chosen(groups)
    places = groups.get(chosen, []) if chosen else []
    return render_template(
        "inspections/ranking.html",
        plan=plan,
        groups=[(key, peer_group_name(*key), len(group)) for key, group in groups.items()],
        chosen=chosen,
        chosen_name=peer_group_name(*chosen) if chosen else "",
        places=places,
        chart=_ranking_chart(places),
        without_score=results.unranked(actor, plan_id),
        labels=labels,
    )


def peer_group_name(stage: str, is_boarding: bool) -> str:
    return f"{school_labels.STAGE[stage]} · {school_labels.BOARDING[is_boarding]}"


def _chosen(groups: dict[tuple[str, bool], list[Place]]) -> tuple[str, bool] | None:
    """The group asked for, else the largest."""
    asked = (request.args.get("stage", ""), request.args.get("is_boarding") == "1")
    if asked in groups:
        return asked
    return max(groups, key=lambda key: len(groups[key])) if groups else None


def _ranking_chart(places: list[Place]) -> dict[str, Any]:
    shown = places[:SHOWN_IN_CHART]
    return {
        "type": "bar",
        "horizontal": True,
        "categories": [place.school_name for place in shown],
        "series": [{"name": _("得分"), "values": [None if p.score is None else float(p.score) for p in shown]}],
        "unit": _("分"),
    }


@blueprint.get("/plans/<uuid:plan_id>/ranking.xlsx")
@access(Permission.COMPARE)
def ranking_sheet(plan_id: UUID) -> Response:
    """All peer groups in one sheet, one below the other."""
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id)
    rows = [
        {
            "group": peer_group_name(place.stage, place.is_boarding),
            "rank": place.rank,
            "school": place.school_name,
            "score": place.score,
            "band": place.verdict or place.band,
        }
        for place in results.ranking(actor, plan_id)
    ]
    response = Response(export_xlsx(RANKING, rows, title=plan.title), mimetype=MEDIA_TYPE)
    name = _("排名_%(plan)s.xlsx", plan=plan.title)
    response.headers["Content-Disposition"] = disposition("attachment", name)
    return response


@blueprint.get("/plans/<uuid:plan_id>/lost-items")
@access(Permission.COMPARE)
def lost_items(plan_id: UUID) -> str:
    actor = current_actor()
    items = results.lost_items(actor, plan_id)
    return render_template(
        "inspections/lost_items.html",
        plan=planning.get_plan(actor, plan_id),
        items=items,
        visits=items[0].visits if items else 0,
        chart=_lost_chart(items),
        labels=labels,
    )


def _lost_chart(items: list[LostItem]) -> dict[str, Any]:
    return {
        "type": "bar",
        "horizontal": True,
        "categories": [f"{item.no} {item.text}"[:24] for item in items],
        "series": [{"name": _("失分学校数"), "values": [item.times for item in items]}],
        "unit": _("所"),
        "max": items[0].visits if items else None,
    }
