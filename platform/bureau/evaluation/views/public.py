"""What everybody may see of a committee's draw: its promise from the beginning, all of it once the result is out."""

from uuid import UUID

from flask import Blueprint, Response, render_template
from flask_babel import gettext as _

from bureau.draws.chance import canonical
from bureau.evaluation import labels
from bureau.evaluation.service import public
from bureau.evaluation.verification import verify
from bureau.evaluation.views.officers import file_answer
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.errors import NotFound

public_pages = Blueprint("public_committees", __name__, url_prefix="/public/committees")


@public_pages.get("/<int:bureau_id>/<uuid:public_committee_id>")
@access(PUBLIC)
def draw(bureau_id: int, public_committee_id: UUID) -> str:
    shown = public.shown_draw(bureau_id, public_committee_id)
    return render_template(
        "evaluation/public_draw.html", shown=shown, committee=shown.committee, document=shown.document, labels=labels,
        checks=verify(shown.document) if shown.document else [],
    )  # fmt: skip


@public_pages.get("/<int:bureau_id>/<uuid:published_committee_id>/document.json")
@access(PUBLIC)
def document(bureau_id: int, published_committee_id: UUID) -> Response:
    shown = public.shown_draw(bureau_id, published_committee_id)
    if shown.document is None:
        raise NotFound(_("这次抽取还没有公布。"))
    return file_answer(canonical(shown.document), "application/json", f"committee-{published_committee_id}.json")
