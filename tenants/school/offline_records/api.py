"""REST for phones in schools, see docs/fill-protocol.md; and what arrived that way, for those who answer for it."""

import re
from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext as _

from bureau.fill.api import BODY, MOST_DOCUMENT, at_most
from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint
from kernel.errors import Invalid, NotFound
from kernel.files.verbatim import MOST_BYTES
from school.offline_records import schemas
from school.offline_records.permissions import Permission
from school.offline_records.rules import CONFIRMATION
from school.offline_records.service import handing_out, photos, reading, taking

blueprint = ApiBlueprint("offline_records", __name__, description="A school's day without a network")
DIGEST = re.compile(r"[0-9a-f]{64}")


@blueprint.route("/fill/school-day", methods=["GET"])
@access(Permission.FILL)
@blueprint.response(200, schemas.SchoolDayOut)
@blueprint.alt_response(304, description="As the phone has it")
def show_school_day() -> Any:
    """What is due today and tomorrow, what is at the door, what awaits a second person. Its digest is the ETag."""
    content = handing_out.school_day(current_actor())
    if request.if_none_match.contains_weak(content["digest"]):
        return Response(status=304, headers={"ETag": f'"{content["digest"]}"'})
    return content, 200, {"ETag": f'"{content["digest"]}"'}


@blueprint.route("/fill/second-person", methods=["GET"])
@access(Permission.CONFIRM)
@blueprint.response(200, schemas.SecondPersonOut)
def show_second_person() -> dict[str, Any]:
    """Whose token this is: asked when a second person signs in on the first one's phone."""
    return handing_out.person(current_actor())


def _taken(record_id: UUID, data: dict[str, Any]) -> Any:
    record, is_new = taking.take(current_actor(), record_id, data, request.get_json())
    return reading.acknowledgement(record), 201 if is_new else 200


@blueprint.route("/fill/records/<uuid:offline_record_id>", methods=["PUT"])
@access(Permission.FILL)
@at_most(MOST_DOCUMENT)
@blueprint.arguments(schemas.OfflineRecordIn)
@blueprint.response(200, schemas.OfflineAcknowledgement)
@blueprint.alt_response(201, schema=schemas.OfflineAcknowledgement, description="Taken")
def put_record(data: dict[str, Any], offline_record_id: UUID) -> Any:
    """One record made on a phone. The same content again gives the same answer; 409 with `missing` while a picture that it
    names is not here, with `standing` where the world moved on; 422 with the fields in words, and nothing is stored."""
    if data["kind"] == CONFIRMATION:
        raise Invalid({"kind": [_("没有这种记录。")]})
    return _taken(offline_record_id, data)


@blueprint.route("/fill/confirmations/<uuid:offline_record_id>", methods=["PUT"])
@access(Permission.CONFIRM)
@at_most(MOST_DOCUMENT)
@blueprint.arguments(schemas.OfflineConfirmationIn)
@blueprint.response(200, schemas.OfflineAcknowledgement)
@blueprint.alt_response(201, schema=schemas.OfflineAcknowledgement, description="Taken")
def put_confirmation(data: dict[str, Any], offline_record_id: UUID) -> Any:
    """The second person's word on a delivery, under their own token, be it on the first one's phone."""
    return _taken(offline_record_id, data)


@blueprint.route("/fill/records/<uuid:offline_record_id>", methods=["GET"])
@access(Permission.FILL)
@blueprint.response(200, schemas.OfflineAcknowledgement)
def show_record(offline_record_id: UUID) -> Any:
    """The acknowledgement of one's own record, for a phone whose reply was lost."""
    actor = current_actor()
    record = taking.find(actor, offline_record_id)
    if record is None or record.person_id != actor.account_id:
        raise NotFound(_("没有这条记录。"))
    return reading.acknowledgement(record)


@blueprint.route("/fill/record-blobs/<sha256>", methods=["PUT"])
@access(Permission.FILL)
@at_most(MOST_BYTES)
@blueprint.doc(**BODY)
@blueprint.response(200, schemas.OfflineBlobOut)
@blueprint.alt_response(201, schema=schemas.OfflineBlobOut, description="Kept for the first time")
def put_record_blob(sha256: str) -> Any:
    """The bytes of one picture, kept as they are under their hash for this person's records."""
    if DIGEST.fullmatch(sha256) is None:
        raise NotFound(_("不是有效的 SHA-256。"))
    is_new = photos.receive(current_actor(), sha256, request.get_data(cache=False))
    return {"sha256": sha256}, 201 if is_new else 200


def _listed(actor: Actor, school_id: int, query: dict[str, Any]) -> dict[str, Any]:
    page = reading.list_records(actor, school_id, **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/offline-records", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.OfflineRecordQuery, location="query")
@blueprint.response(200, schemas.OfflineRecordPage)
def list_offline_records(query: dict[str, Any]) -> Any:
    """What phones handed in for one's own school, newest first."""
    actor = current_actor()
    return _listed(actor, actor.own_school_id(), query)


@blueprint.route("/schools/<int:school_id>/offline-records", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.OfflineRecordQuery, location="query")
@blueprint.response(200, schemas.OfflineRecordPage)
def list_offline_records_of_school(query: dict[str, Any], school_id: int) -> Any:
    """One school's, for the bureau and for its zone's supervisors."""
    actor = current_actor()
    return _listed(actor, get_school(actor, school_id).id, query)
