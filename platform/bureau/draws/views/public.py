"""What everybody may see of a draw: before it is published the commitment and the result's digest, afterwards all of
it. Runs without a tenant's scope, so row-level security gives out published documents only."""

from typing import Any
from uuid import UUID

from flask import Response, render_template
from flask_babel import gettext as _

from bureau.draws import labels
from bureau.draws.service import public
from bureau.draws.verification import verify
from bureau.draws.views.blueprint import blueprint
from bureau.draws.views.draws import json_file
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.errors import NotFound


@blueprint.get("/public/draws/<int:bureau_id>/<uuid:draw_id>")
@access(PUBLIC)
def public_draw(bureau_id: int, draw_id: UUID) -> Any:
    shown = public.public_draw(bureau_id, draw_id)
    checks = verify(shown.document) if shown.document else []
    schools, inspectors = public.names(shown)
    return render_template(
        "draws/public.html", shown=shown, draw=shown.draw, document=shown.document, checks=checks, schools=schools,
        inspectors=inspectors, labels=labels,
    )  # fmt: skip


@blueprint.get("/public/draws/<int:bureau_id>/<uuid:published_draw_id>/document.json")
@access(PUBLIC)
def public_document(bureau_id: int, published_draw_id: UUID) -> Response:
    shown = public.public_draw(bureau_id, published_draw_id)
    if shown.document is None:
        raise NotFound(_("这次抽取还没有公布。"))
    return json_file(shown.document)
