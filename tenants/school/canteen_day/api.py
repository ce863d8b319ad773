"""REST of the canteen's day: one list and one PUT per kind of record, for phones that record without a network and
send later. A PUT sent twice is one record; a mistake is corrected by a PUT of its own that names it.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from marshmallow import fields

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, PageSchema, seen_version
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from school.canteen_day import schemas
from school.canteen_day.entering import entry_of
from school.canteen_day.group_models import SupervisionMember
from school.canteen_day.kinds import KINDS, Kind
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.permissions import Permission
from school.canteen_day.service import equipment, findings, keeping, reading, samples
from school.supply.schemas import CertificatePhotoOut, CertificatePhotoSchema

blueprint = ApiBlueprint("canteen_day", __name__, description="Records of the canteen's day")
PURPOSE = "canteen_day"


def _listed(actor: Actor, kind: Kind, school_id: int, query: dict[str, Any]) -> dict[str, Any]:
    page = reading.list_records(actor, kind, school_id, **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


def _routes(kind: Kind) -> None:
    """The three routes of one kind. Their functions are named by the kind: endpoints are unique."""
    path = f"/canteen-day/{kind.slug}"
    answer = type(
        f"{kind.gives.__name__}Page", (PageSchema,), {"items": fields.List(fields.Nested(kind.gives))}
    )  # fmt: skip

    def list_own(query: dict[str, Any]) -> dict[str, Any]:
        actor = current_actor()
        return _listed(actor, kind, actor.own_school_id(), query)

    def put(data: dict[str, Any], day_record_id: UUID) -> Any:
        actor = current_actor()
        record, is_new = keeping.keep_one(actor, kind, entry_of(day_record_id, data))
        reading.mark_late(actor, record.school_id, [record])
        return record, 201 if is_new else 200

    def list_of_school(query: dict[str, Any], school_id: int) -> dict[str, Any]:
        actor = current_actor()
        return _listed(actor, kind, get_school(actor, school_id).id, query)

    list_own.__doc__ = "The school's records of this kind, newest first."
    put.__doc__ = """Record under an id of the client's making. Sent again with the same content it is the same record
        (200), with other content a conflict (409)."""
    list_of_school.__doc__ = "One school's records of this kind, for the bureau and for its zone's supervisors."

    def add(view: Callable[..., Any], name: str, rule: str, method: str, permission: str, take: Any, give: Any) -> None:
        view.__name__ = f"{name}_{kind.code}"
        view = blueprint.response(200, give)(view)
        if method == "PUT":
            view = blueprint.alt_response(201, schema=give, description="Recorded")(view)
            view = blueprint.arguments(take)(view)
        else:
            view = blueprint.arguments(take, location="query")(view)
        blueprint.route(rule, methods=[method])(access(permission)(view))

    add(list_own, "list", path, "GET", Permission.READ, schemas.DayRecordQuery, answer)
    add(put, "put", f"{path}/<uuid:day_record_id>", "PUT", kind.permission, kind.takes, kind.gives)
    add(
        list_of_school, "list_of_school", f"/schools/<int:school_id>{path}", "GET", Permission.OVERSEE,
        schemas.DayRecordQuery, answer,
    )  # fmt: skip


for _kind in KINDS.values():
    _routes(_kind)


@blueprint.route("/canteen-day/photos/<uuid:attachment_id>", methods=["PUT"])
@access(Permission.RECORD)
@blueprint.arguments(CertificatePhotoSchema, location="files", content_type="multipart/form-data")
@blueprint.response(200, CertificatePhotoOut)
def put_photo(files: dict[str, Any], attachment_id: UUID) -> Any:
    """Keep a photo under an id of the client's making; then name it as `photo_id`."""
    file = files["file"]
    return store(
        current_actor(), file.read(), name=file.filename or "", purpose=PURPOSE, attachment_id=attachment_id,
        accepted=IMAGES,
    )  # fmt: skip


@blueprint.route("/canteen-day/food-samples/<uuid:food_sample_id>/disposal", methods=["POST"])
@access(Permission.RECORD)
@blueprint.arguments(schemas.SampleDisposalIn)
@blueprint.response(200, schemas.FoodSampleOut)
def dispose_sample(data: dict[str, Any], food_sample_id: UUID) -> Any:
    """Throw a sample away; needs If-Match with the version seen. Before its time it is refused with the article."""
    actor = current_actor()
    sample = samples.dispose(actor, food_sample_id, seen_version(), disposed_at=data["disposed_at"])
    reading.mark_late(actor, sample.school_id, [sample])
    return sample


def _equipment(model: Any, slug: str, parameter: str, take: Any, give: Any) -> None:
    """List and PUT of one of the lists that records are made from."""
    name = slug.replace("-", "_")

    def list_all() -> Any:
        actor = current_actor()
        return equipment.list_all(actor, model, actor.own_school_id())

    def put(data: dict[str, Any], **path: UUID) -> Any:
        row, is_new = equipment.save(current_actor(), model, path[parameter], data, seen_version())
        return row, 201 if is_new else 200

    list_all.__name__, put.__name__ = f"list_{name}", f"put_{name}"
    list_all.__doc__ = "All of the school, those in use first."
    put.__doc__ = "Add under an id of the client's making, or change with If-Match."
    listed = blueprint.response(200, give(many=True))(list_all)
    blueprint.route(f"/canteen-day/{slug}", methods=["GET"])(access(Permission.READ)(listed))
    added = blueprint.alt_response(201, schema=give, description="Added")(blueprint.response(200, give)(put))
    added = access(Permission.MANAGE)(blueprint.arguments(take)(added))
    blueprint.route(f"/canteen-day/{slug}/<uuid:{parameter}>", methods=["PUT"])(added)


_equipment(Refrigerator, "refrigerators", "refrigerator_id", schemas.RefrigeratorIn, schemas.RefrigeratorOut)
_equipment(WaterMachine, "water-machines", "water_machine_id", schemas.WaterMachineIn, schemas.WaterMachineOut)
_equipment(
    SupervisionMember,
    "supervision-members",
    "supervision_member_id",
    schemas.SupervisionMemberIn,
    schemas.SupervisionMemberOut,
)


@blueprint.route("/canteen-day/findings", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.CanteenFindingQuery, location="query")
@blueprint.response(200, schemas.CanteenFindingPage)
def list_findings(query: dict[str, Any]) -> Any:
    """What must be put right, newest first."""
    actor = current_actor()
    page = findings.list_findings(actor, actor.own_school_id(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/canteen-day/findings/<uuid:canteen_finding_id>/steps", methods=["POST"])
@access(Permission.RECORD)
@blueprint.arguments(schemas.CanteenFindingStepIn)
@blueprint.response(200, schemas.CanteenFindingOut)
def post_step(data: dict[str, Any], canteen_finding_id: UUID) -> Any:
    """Fixed, confirmed or sent back; needs If-Match with the version seen."""
    return findings.act(current_actor(), canteen_finding_id, seen=seen_version(), **data)
