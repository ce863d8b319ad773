"""The self score on the pages of the official result, the school's and the bureau's."""

from collections.abc import Mapping

from flask import render_template, url_for
from markupsafe import Markup

from bureau.inspections import labels as inspection_labels
from bureau.inspections.models import Inspection, InspectionResult
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db
from school.self_checks.permissions import Permission
from school.self_checks.service import comparing


def _may(actor: Actor) -> bool:
    return may(Permission.READ if actor.level == "school" else Permission.OVERSEE)


def _beside(actor: Actor, result: InspectionResult) -> Markup:
    found = comparing.comparison_of(actor, result) if _may(actor) else None
    if found is None:
        return Markup("")
    url = (
        url_for("self_checks.own_comparison", inspection_id=result.id)
        if actor.level == "school"
        else url_for("self_checks.comparison_of_school", school_id=result.school_id, inspection_id=result.id)
    )
    return Markup(render_template("self_checks/_beside.html", found=found, url=url))  # noqa: S704


def visit_panel(actor: Actor, visit: Inspection) -> Markup:
    """On the bureau's page of a visit, once there is a result."""
    result = db.session.get(InspectionResult, (visit.bureau_id, visit.school_id, visit.id))
    return Markup("") if result is None else _beside(actor, result)


def result_head(actor: Actor, result: InspectionResult) -> Markup:
    """On the school's page of its result."""
    return _beside(actor, result) if actor.level == "school" else Markup("")


def result_lines(actor: Actor, result: InspectionResult) -> Mapping[str, Markup]:
    """Below the items that the school had seen otherwise."""
    found = comparing.comparison_of(actor, result) if _may(actor) else None
    if found is None:
        return {}
    return {
        pair.key: Markup(  # noqa: S704 - rendered here
            render_template("self_checks/_line.html", own=pair.own, reason=inspection_labels.reason_text(pair.own))
        )
        for pair in found.pairs
        if pair.differs and pair.own is not None
    }
