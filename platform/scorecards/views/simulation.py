"""What a version would give, before it is published."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import render_template
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.errors import Invalid
from scorecards import labels, service
from scorecards.form import bands_from_best, decimal_text
from scorecards.permissions import Permission
from scorecards.problems import ProblemsFound
from scorecards.service.simulating import Trial, try_out
from scorecards.simulating import Simulation
from scorecards.views.blueprint import blueprint


def short(value: Decimal | None) -> str:
    """At most two places."""
    return "—" if value is None else decimal_text(round(value, 2))


@blueprint.get("/versions/<uuid:form_version_id>/simulation")
@access(Permission.READ)
def simulation(form_version_id: UUID) -> Any:
    version = service.get_version(current_actor(), form_version_id)
    form = service.form_of(version)
    trial: Trial | None = None
    refusal = ""
    if not any(True for _item in form.items()):
        refusal = _("表中还没有条目，无法试算。")
    else:
        try:
            trial = try_out(current_actor(), version)
        except (ProblemsFound, Invalid):
            refusal = _("这一版还不能计分，请先处理检查发现。")
    found = trial.simulation if trial else None
    return render_template(
        "forms/simulation.html", version=version, form=form, labels=labels, trial=trial, found=found, refusal=refusal,
        short=short, chart=_chart(found) if found else None, bands=_bands(form, found) if found else [],
        items={item.code: item for item in form.items()},
    )  # fmt: skip


def _chart(found: Simulation) -> dict[str, Any] | None:
    rows = found.histogram()
    if not rows:
        return None
    series = [{"name": _("本版试算"), "values": [row[2] for row in rows]}]
    if found.before:
        series.append({"name": _("原得分"), "values": [row[3] for row in rows]})
    return {
        "type": "bar", "categories": [f"{short(row[0])}–{short(row[1])}" for row in rows], "series": series,
        "unit": _("次"),
    }  # fmt: skip


def _bands(form: Any, found: Simulation) -> list[tuple[str, int, int]]:
    """(label, visits, percent): bands from the best, or the verdicts of a form that gives those."""
    counts = found.bands or found.verdicts
    labels_in_order = [band.label for band in bands_from_best(form)] if found.bands else list(counts)
    whole = sum(counts.values()) or 1
    return [(label, counts.get(label, 0), round(100 * counts.get(label, 0) / whole)) for label in labels_in_order]
