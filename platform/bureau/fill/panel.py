"""The part of the bureau's page of a visit that shows what came from phones."""

from flask import render_template
from markupsafe import Markup

from bureau.fill import labels
from bureau.fill.service.showing import standing_of
from bureau.inspections.models import Inspection
from bureau.inspections.service.visits import form_version_of
from kernel.actor import Actor
from scorecards import service as forms


def panel(actor: Actor, visit: Inspection) -> Markup:
    standing = standing_of(actor, visit)
    if standing is None:
        return Markup("")
    items = {item.code: item for item in forms.form_of(form_version_of(actor, visit)).items()}

    def words(key: str) -> str:
        code, _, unit = key.partition("@")
        item = items.get(code)
        text = f"{item.no} {item.text}" if item is not None else code
        return f"{text}（{unit}）" if unit else text

    return Markup(render_template("inspections/_evidence.html", standing=standing, words=words, fill=labels))  # noqa: S704
