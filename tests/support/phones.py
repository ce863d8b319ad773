"""A phone as the service sees it: its token, the documents it sends, its pictures."""

import hashlib
import io
from copy import deepcopy
from datetime import timedelta
from typing import Any
from uuid import UUID

from PIL import Image

from bureau.fill import rules
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.loading import digest
from kernel.identity.models import ApiToken
from tests.support.pictures import jpeg


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def signature(seed: str = "") -> bytes:
    """A PNG drawn on a canvas."""
    tint = int(hashlib.sha256(seed.encode()).hexdigest()[:2], 16)
    target = io.BytesIO()
    Image.new("RGBA", (40, 20), (tint, 0, 0, 255)).save(target, "PNG")
    return target.getvalue()


def file_entry(data: bytes, key: str = "", **more: Any) -> dict[str, Any]:
    purpose = "signature" if more.get("signer") else "photo"
    mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    return {
        "sha256": sha256(data), "size": len(data), "mime": mime, "key": key, "purpose": purpose, "signer": "",
        "taken_at": now().isoformat(), "place": None, **more,
    }  # fmt: skip


class Phone:
    """One person's device on one visit. `answers`, `files` are what it holds; `put`, `upload`, `finalise` send."""

    def __init__(self, client: Any, someone: Any, visit: Any, *, scopes: tuple[str, ...] = ("bureau:inspection:fill",)):
        self.client, self.someone, self.visit = client, someone, visit
        self.token = f"hq_{new_id().hex}{'x' * 20}"
        self.uuid: UUID = new_id()
        self.rev: int | None = None
        self.answers: dict[str, dict[str, Any]] = {}
        self.blobs: dict[str, bytes] = {}
        self.files: list[dict[str, Any]] = []
        self.more: dict[str, Any] = {}
        session = db.session()
        use_scope(session, IDENTITY)
        actor = someone.actor
        self.row = ApiToken(
            account_id=someone.account_id, token_hash=digest(self.token), name="演示手机", scopes=list(scopes),
            bureau_id=actor.bureau_id, school_id=actor.school_id, level=actor.level,
            expires_at=now() + timedelta(days=30),
        )  # fmt: skip
        session.add(self.row)
        session.commit()

    def call(self, method: str, path: str, **options: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)

    def answer(self, key: str, answer: Any, remark: str = "", base: str | None = None) -> None:
        self.answers[key] = {"answer": answer, "remark": remark, "at": now().isoformat(), "base": base}

    def photo(self, key: str = "", seed: str = "", **more: Any) -> str:
        return self.attach(jpeg(seed or str(new_id())), key, **more)

    def sign(self, *signers: str) -> None:
        for signer in signers or (f"inspector:{self.someone.account_id}", "school"):
            self.attach(signature(signer), signer=signer)

    def attach(self, data: bytes, key: str = "", **more: Any) -> str:
        entry = file_entry(data, key, **more)
        self.files.append(entry)
        self.blobs[entry["sha256"]] = data
        return str(entry["sha256"])

    def body(self) -> dict[str, Any]:
        return {
            "inspection_id": str(self.visit.id), "school_id": self.visit.school_id,
            "form_version_id": str(self.visit.form_version_id),
            "device": {"id": "演示设备", "label": "演示手机", "app": "1"}, "started_at": now().isoformat(),
            "clock_offset_ms": 0, "place": None, "parameters": {}, "units": {}, "answers": deepcopy(self.answers),
            "attachments": list(self.files), "met_by": "", "remark": "", "client_score": None, **self.more,
        }  # fmt: skip

    def put(self, body: dict[str, Any] | None = None, **headers: str) -> Any:
        if not headers:
            headers = {"If-None-Match": "*"} if self.rev is None else {"If-Match": f'"{self.rev}"'}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        response = self.call("PUT", f"/fill/submissions/{self.uuid}", json=body or self.body(), headers=headers)
        if response.status_code in (200, 201):
            self.rev = response.json["rev"]
            for key, held in response.json["answers"].items():
                if key in self.answers and key not in {one["key"] for one in response.json["conflicts"]}:
                    self.answers[key]["base"] = held["digest"]
        return response

    def upload(self, *hashes: str, school_id: int | None = None) -> list[int]:
        return [self.put_blob(found, self.blobs[found], school_id).status_code for found in hashes or self.blobs]

    def put_blob(self, found: str, data: bytes, school_id: int | None = None, **options: Any) -> Any:
        mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
        place = school_id or self.visit.school_id
        return self.call(
            "PUT", f"/fill/blobs/{found}?school_id={place}", data=data, **{"content_type": mime, **options}
        )

    def manifest(self) -> str:
        return rules.manifest_of(file["sha256"] for file in self.files)

    def finalise(self, **changes: Any) -> Any:
        body = {"manifest_sha256": self.manifest(), "rev": self.rev, **changes}
        return self.call("POST", f"/fill/submissions/{self.uuid}/finalisation", json=body)

    def show(self) -> Any:
        return self.call("GET", f"/fill/submissions/{self.uuid}")

    def tasks(self) -> list[dict[str, Any]]:
        response = self.call("GET", "/fill/tasks")
        assert response.status_code == 200, response.json
        return list(response.json["tasks"])
