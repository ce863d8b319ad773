"""Photos of a visit: sent one by one while the inspector walks, or with the whole page by a browser without a script."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.inspections.models import Inspection, InspectionPhoto
from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import PhotoForm
from bureau.inspections.service import answering, visits
from bureau.inspections.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid, NotFound
from kernel.web.forms import Form, uploaded
from scorecards import service as forms
from scorecards.form import Item

BASE = "/fill/<int:school_id>/<uuid:inspection_id>/photos"


def assigned_visit(school_id: int, inspection_id: UUID) -> Inspection:
    """The visit, for those who carry it out: whoever may only read it gets no page to fill."""
    actor = current_actor()
    visit = visits.get_inspection(actor, school_id, inspection_id)
    visits.require_assigned(actor, visit)
    return visit


def addresses(visit: Inspection) -> dict[str, Any]:
    """What the templates of photos need."""
    ids: dict[str, Any] = {"school_id": visit.school_id, "inspection_id": visit.id}
    return {
        "add_photo_url": url_for("inspections.add_photo", **ids),
        "remove_photo_url": lambda photo_id: url_for("inspections.remove_photo", photo_id=photo_id, **ids),
    }


@blueprint.post(BASE)
@access(Permission.FILL)
def add_photo(school_id: int, inspection_id: UUID) -> Any:
    """One photo; answers the list entry that shows it, or in plain words why it was refused."""
    try:
        photo = _add_photo(school_id, inspection_id)
    except Invalid as error:
        return Response(
            " ".join(text for texts in error.fields.values() for text in texts), status=422, mimetype="text/plain"
        )
    visit = assigned_visit(school_id, inspection_id)
    return render_template("inspections/_photo.html", photo=photo, **addresses(visit))


def _add_photo(school_id: int, inspection_id: UUID) -> InspectionPhoto:
    visit = assigned_visit(school_id, inspection_id)
    data = Form.submitted(PhotoForm()).load()
    items = list(forms.form_of(visits.form_version_of(current_actor(), visit)).items())
    if data["position"] is not None and data["position"] >= len(items):
        raise NotFound(_("表单中没有这一项。"))
    files = uploaded("photo")
    if len(files) != 1:
        raise Invalid({"photo": [_("请选择一张照片。")]})
    return answering.add_photo(
        current_actor(),
        school_id,
        inspection_id,
        photo_id=data["id"],
        item_code="" if data["position"] is None else items[data["position"]].code,
        data=files[0].read(),
        name=files[0].filename or "",
    )


@blueprint.post(BASE + "/<uuid:photo_id>/remove")
@access(Permission.FILL)
def remove_photo(school_id: int, inspection_id: UUID, photo_id: UUID) -> Any:
    visit = assigned_visit(school_id, inspection_id)
    item_code = answering.remove_photo(current_actor(), school_id, inspection_id, photo_id)
    if request.headers.get("HX-Request"):
        return ""
    items = forms.form_of(visits.form_version_of(current_actor(), visit)).items()
    place = next((f"#item-{position}" for position, item in enumerate(items) if item.code == item_code), "")
    return redirect(url_for("inspections.fill", school_id=school_id, inspection_id=inspection_id) + place)


def store_photos(visit: Inspection, items: Sequence[Item]) -> None:
    """Those that came with the whole page, named `photo-<position>`, `photo` for the visit itself."""
    for name, code in [("photo", ""), *((f"photo-{position}", item.code) for position, item in enumerate(items))]:
        for file in uploaded(name):
            answering.add_photo(
                current_actor(),
                visit.school_id,
                visit.id,
                photo_id=new_id(),
                item_code=code,
                data=file.read(),
                name=file.filename or "",
            )
