"""On the bureau's and the suppliers' pages of a tender: where everybody else reads of it."""

from flask import render_template, url_for
from markupsafe import Markup

from bureau.tendering.following import TenderPart
from bureau.tendering.models import Tender
from kernel.actor import Actor
from kernel.database import db
from kernel.identity.models import Bureau


def public_address(_actor: Actor, tender: Tender) -> Markup:
    if not tender.is_public:
        return Markup("")
    code = db.session.get_one(Bureau, tender.bureau_id).code
    address = url_for("procurement_portal.tender", bureau_code=code, tender_id=tender.id, _external=True)
    return Markup(render_template("procurement_portal/_part.html", address=address))  # noqa: S704


PART = TenderPart(bureau=public_address, supplier=public_address, order=900)
