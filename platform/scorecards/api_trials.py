"""Comparing, trying out and phrases over REST; the routes join the forms' blueprint."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.api import seen_version
from kernel.errors import NotFound, RuleBroken
from scorecards import service
from scorecards.api import blueprint
from scorecards.change_words import item_words
from scorecards.comparing import ItemChange
from scorecards.form import decimal_text
from scorecards.models import ItemPhrase
from scorecards.permissions import Permission
from scorecards.problems import ProblemsFound
from scorecards.schemas_trials import (
    FormComparisonOut,
    FormComparisonQuery,
    FormSimulationOut,
    PhraseIn,
    PhraseList,
    PhraseOut,
)
from scorecards.service import phrases
from scorecards.service.comparing import beside, compared
from scorecards.service.simulating import try_out


@blueprint.route("/form-versions/<uuid:later_version_id>/comparison", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(FormComparisonQuery, location="query")
@blueprint.response(200, FormComparisonOut)
def compare_versions(query: dict[str, Any], later_version_id: UUID) -> dict[str, Any]:
    """What this version changes of another one of the same form, item by item."""
    actor = current_actor()
    version = service.get_version(actor, later_version_id)
    other = beside(actor, version, query["other"])
    if other is None:
        raise NotFound(_("这是第一个版本，没有可比较的版本。"))
    found = compared(other, version)
    return {
        "version_id": version.id, "other_id": other.id,
        "old_total": decimal_text(found.totals[0]), "new_total": decimal_text(found.totals[1]),
        "settings": list(found.settings), "sections": list(found.sections),
        "items": [_change(one) for one in found.items if one.kind != "same" or one.moved],
    }  # fmt: skip


def _change(change: ItemChange) -> dict[str, Any]:
    return {
        "kind": change.kind, "code": change.item.code, "no": change.item.no, "text": change.item.text,
        "moved": change.moved, "old_section": change.old_section, "new_section": change.new_section,
        "changes": [
            {"field": name, "old": item_words(change.old, name), "new": item_words(change.new, name)}
            for name in change.fields
            if change.old is not None and change.new is not None
        ],
    }  # fmt: skip


@blueprint.route("/form-versions/<uuid:form_version_id>/simulation", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, FormSimulationOut)
def simulate_version(form_version_id: UUID) -> dict[str, Any]:
    """What this version would give: on the answers of past visits, or where there are none on generated ones."""
    actor = current_actor()
    version = service.get_version(actor, form_version_id)
    try:
        trial = try_out(actor, version)
    except ProblemsFound as error:
        raise RuleBroken("form_unscorable", _("这一版还不能计分，请先处理检查发现。")) from error
    found = trial.simulation
    return {
        "generated": trial.source is None, "source_id": trial.source.id if trial.source else None,
        "visits": found.visits, "mean": _short(found.mean), "median": _short(found.median),
        "mean_before": _short(found.mean_before),
        "histogram": [
            {"start": _short(start), "end": _short(end), "visits": now, "visits_before": before}
            for start, end, now, before in found.histogram()
        ],
        "bands": found.bands, "verdicts": found.verdicts, "dropped": found.dropped,
        "items": [
            {
                "code": code, "scored": story.given, "lost": story.lost, "lost_points": decimal_text(story.lost_points),
                "unmatched": story.unmatched, "never_discriminates": story.never_discriminates,
            }
            for code, story in found.items.items()
        ],
    }  # fmt: skip


def _short(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(round(value, 2))


@blueprint.route("/forms/<uuid:template_id>/phrases", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, PhraseList)
def list_phrases(template_id: UUID) -> dict[str, Any]:
    """By item, in their order; the retired ones too."""
    return {"items": phrases.list_phrases(current_actor(), template_id)}


@blueprint.route("/forms/<uuid:template_id>/phrases/<uuid:phrase_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(PhraseIn)
@blueprint.response(200, PhraseOut)
def put_phrase(data: dict[str, Any], template_id: UUID, phrase_id: UUID) -> ItemPhrase:
    """A new phrase under an id that the client made, or with If-Match the change of one."""
    return phrases.save_phrase(current_actor(), template_id, phrase_id, phrases.PhraseValues(**data), seen_version())
