"""A phone in a school as the service sees it: its token, what it sends, its pictures."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from kernel.database import db, new_id, now
from tests.support.phones import Phone
from tests.support.pictures import jpeg

SCOPES = ("school:offline_records:fill", "school:offline_records:confirm")
SECOND = ("school:offline_records:confirm",)


class SchoolPhone(Phone):
    def __init__(self, client: Any, someone: Any, *, scopes: tuple[str, ...] = SCOPES) -> None:
        super().__init__(client, someone, None, scopes=scopes)
        self.school_id = someone.actor.school_id

    def day(self, etag: str = "") -> Any:
        return self.call("GET", "/fill/school-day", headers={"If-None-Match": f'"{etag}"'} if etag else {})

    def document(self, kind: str, body: dict[str, Any], **changes: Any) -> dict[str, Any]:
        made_at: datetime = changes.pop("at", now())
        files = [{"sha256": one, "size": len(self.blobs[one])} for one in changes.pop("pictures", ())]
        return {
            "kind": kind, "school_id": self.school_id, "made_at": made_at.isoformat(), "clock_offset_ms": 0,
            "device": {"id": "演示设备", "label": "演示手机", "app": "1"}, "body": body, "files": files, **changes,
        }  # fmt: skip

    def send(self, document: dict[str, Any], record_id: UUID | None = None) -> Any:
        where = "confirmations" if document["kind"] == "receipt_confirmation" else "records"
        response = self.call("PUT", f"/fill/{where}/{record_id or new_id()}", json=document)
        db.session.commit()
        return response

    def record(self, kind: str, *rows: dict[str, Any], **changes: Any) -> Any:
        """Daily records, each row under an id of its own."""
        record_id = changes.pop("record_id", None)
        body = {"rows": [{"id": str(new_id()), **row} for row in rows]}
        return self.send(self.document(kind, body, **changes), record_id)

    def picture(self, seed: str = "演示") -> str:
        data = jpeg(seed)
        name = hashlib.sha256(data).hexdigest()
        self.blobs[name] = data
        return name

    def send_picture(self, name: str, data: bytes | None = None, **options: Any) -> Any:
        return self.call(
            "PUT", f"/fill/record-blobs/{name}", data=self.blobs[name] if data is None else data,
            **{"content_type": "image/jpeg", **options},
        )  # fmt: skip


def count_of(shipment: dict[str, Any], *changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a receipt: every lot of a handed-out shipment as the delivery note says, with changes by their order."""
    lots = []
    for place, lot in enumerate(shipment["lots"]):
        counted = {"shipment_line_id": lot["shipment_line_id"], "arrived_quantity": lot["shipped"]}
        if lot["is_cold"]:
            counted["temperature_celsius"] = "3"
        lots.append({**counted, **(changes[place] if place < len(changes) else {})})
    return {"shipment_id": shipment["shipment_id"], "lots": lots, **more}
