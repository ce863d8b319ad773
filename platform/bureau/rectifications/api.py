"""REST: a school's rectifications, the bureau's checks and second looks."""

from typing import Any
from uuid import UUID

from bureau.rectifications.permissions import Permission
from bureau.rectifications.schemas import (
    AdjustIn,
    BoardQuery,
    CheckIn,
    ExtensionDecisionIn,
    ExtensionIn,
    ExtensionOut,
    PhotoFile,
    PhotoQuery,
    RecheckIn,
    RectificationListOut,
    RectificationOut,
    RectificationPhotoOut,
    ReinspectionDrawIn,
    ReinspectionDrawOut,
    ReplyIn,
    ReplyOut,
    SendBackIn,
)
from bureau.rectifications.service import checking, reading, rechecking, replying
from bureau.rectifications.service.moving import get_rectification, own_rectification
from bureau.rectifications.views.board import FILTERS
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("rectifications", __name__)
OWN = "/rectifications/<uuid:rectification_id>"
ONE = "/schools/<int:school_id>/rectifications/<uuid:rectification_id>"


def _listed(query: dict[str, Any]) -> dict[str, Any]:
    wanted = reading.Filter(**{name: query[name] for name in FILTERS})
    page = reading.board(current_actor(), wanted, query["cursor"], query["limit"])
    return {"items": [row.Rectification for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/rectifications", methods=["GET"])
@access(Permission.READ_OWN)
@blp.arguments(BoardQuery, location="query")
@blp.response(200, RectificationListOut)
def own_list(query: dict[str, Any]) -> Any:
    return _listed(query)


@blp.route(OWN, methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, RectificationOut)
def own(rectification_id: UUID) -> Any:
    return own_rectification(current_actor(), rectification_id)


@blp.route(OWN + "/photos/<uuid:rectification_photo_id>", methods=["PUT"])
@access(Permission.RECTIFY)
@blp.arguments(PhotoQuery, location="query")
@blp.arguments(PhotoFile, location="files", content_type="multipart/form-data")
@blp.response(200, RectificationPhotoOut)
def put_photo(
    query: dict[str, Any], files: dict[str, Any], rectification_id: UUID, rectification_photo_id: UUID
) -> Any:
    return replying.add_photo(
        current_actor(), rectification_id, rectification_photo_id, files["photo"].read(),
        name=files["photo"].filename or "", before_id=query["before_id"], taken_at=query["taken_at"],
    )  # fmt: skip


@blp.route(OWN + "/photos/<uuid:rectification_photo_id>", methods=["DELETE"])
@access(Permission.RECTIFY)
@blp.response(204)
def delete_photo(rectification_id: UUID, rectification_photo_id: UUID) -> None:
    replying.remove_photo(current_actor(), rectification_id, rectification_photo_id)


@blp.route(OWN + "/replies/<uuid:reply_id>", methods=["PUT"])
@access(Permission.RECTIFY)
@blp.arguments(ReplyIn)
@blp.response(200, ReplyOut)
def put_reply(data: dict[str, Any], rectification_id: UUID, reply_id: UUID) -> Any:
    """Wants the rectification's version seen as If-Match."""
    return replying.reply(current_actor(), rectification_id, seen_version(), reply_id=reply_id, **data)


@blp.route(OWN + "/extensions/<uuid:extension_id>", methods=["PUT"])
@access(Permission.RECTIFY)
@blp.arguments(ExtensionIn)
@blp.response(200, ExtensionOut)
def put_extension(data: dict[str, Any], rectification_id: UUID, extension_id: UUID) -> Any:
    return replying.ask_extension(current_actor(), rectification_id, extension_id=extension_id, **data)


@blp.route("/district/rectifications", methods=["GET"])
@access(Permission.READ)
@blp.arguments(BoardQuery, location="query")
@blp.response(200, RectificationListOut)
def district_list(query: dict[str, Any]) -> Any:
    return _listed(query)


@blp.route(ONE, methods=["GET"])
@access(Permission.READ)
@blp.response(200, RectificationOut)
def show(school_id: int, rectification_id: UUID) -> Any:
    return get_rectification(current_actor(), school_id, rectification_id)


@blp.route(ONE + "/acceptance", methods=["POST"])
@access(Permission.CHECK)
@blp.arguments(CheckIn)
@blp.response(200, RectificationOut)
def accept(data: dict[str, Any], school_id: int, rectification_id: UUID) -> Any:
    """Wants the version seen as If-Match, as all that follow."""
    return checking.accept(current_actor(), school_id, rectification_id, seen_version(), data["reason"] or "")


@blp.route(ONE + "/return", methods=["POST"])
@access(Permission.CHECK)
@blp.arguments(SendBackIn)
@blp.response(200, RectificationOut)
def send_back(data: dict[str, Any], school_id: int, rectification_id: UUID) -> Any:
    return checking.send_back(
        current_actor(), school_id, rectification_id, seen_version(), data["reason"], data["due_on"]
    )  # fmt: skip


@blp.route(ONE + "/closing", methods=["POST"])
@access(Permission.CHECK)
@blp.arguments(CheckIn)
@blp.response(200, RectificationOut)
def close(data: dict[str, Any], school_id: int, rectification_id: UUID) -> Any:
    return checking.close(current_actor(), school_id, rectification_id, seen_version(), data["reason"] or "")


@blp.route(ONE + "/adjustment", methods=["POST"])
@access(Permission.CHECK)
@blp.arguments(AdjustIn)
@blp.response(200, RectificationOut)
def adjust(data: dict[str, Any], school_id: int, rectification_id: UUID) -> Any:
    return checking.adjust(current_actor(), school_id, rectification_id, seen_version(), **data)


@blp.route(ONE + "/extensions/<uuid:extension_id>/decision", methods=["POST"])
@access(Permission.CHECK)
@blp.arguments(ExtensionDecisionIn)
@blp.response(200, ExtensionOut)
def decide_extension(data: dict[str, Any], school_id: int, rectification_id: UUID, extension_id: UUID) -> Any:
    """Wants the extension's version as If-Match."""
    return checking.decide_extension(
        current_actor(), school_id, rectification_id, extension_id, seen_version(), granted=data["granted"],
        reason=data["reason"] or "", until=data["until"],
    )  # fmt: skip


@blp.route(ONE + "/recheck", methods=["POST"])
@access(Permission.RECHECK)
@blp.arguments(RecheckIn)
@blp.response(200, RectificationOut)
def recheck(data: dict[str, Any], school_id: int, rectification_id: UUID) -> Any:
    """回头看: fixed or not."""
    return rechecking.record(
        current_actor(), school_id, rectification_id, seen_version(), fixed=data["fixed"], remark=data["remark"] or ""
    )  # fmt: skip


@blp.route("/inspection-plans/<uuid:plan_id>/reinspection-draws/<uuid:reinspection_draw_id>", methods=["PUT"])
@access(Permission.CHECK)
@blp.arguments(ReinspectionDrawIn)
@blp.response(200, ReinspectionDrawOut)
def draw(data: dict[str, Any], plan_id: UUID, reinspection_draw_id: UUID) -> Any:
    return rechecking.draw(
        current_actor(), plan_id, reinspection_draw_id, public_value=data["public_value"] or "", share=data["share"]
    )  # fmt: skip
