"""Officers' personal keys. The secret half reaches the server only as age text under the holder's passphrase; that it
can be opened is proven by decrypting something random, in the holder's browser."""

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import pyrage
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import select

from bureau.bids.models import OfficerKey
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound

ARMOR = re.compile(r"-----BEGIN AGE ENCRYPTED FILE-----\n[A-Za-z0-9+/=\n]+-----END AGE ENCRYPTED FILE-----\n?")
MOST_ARMOR = 4000  # characters of one wrapped key or share
CHALLENGE_LASTS = timedelta(hours=1)


def own_keys(actor: Actor) -> Sequence[OfficerKey]:
    """Newest first; only the actor's own."""
    return db.session.scalars(
        select(OfficerKey)
        .where(OfficerKey.bureau_id == actor.bureau_id, OfficerKey.person_id == actor.account_id)
        .order_by(OfficerKey.id.desc())
    ).all()


def own_key(actor: Actor, key_id: UUID) -> OfficerKey:
    key = db.session.scalar(
        select(OfficerKey).where(
            OfficerKey.bureau_id == actor.bureau_id, OfficerKey.id == key_id, OfficerKey.person_id == actor.account_id
        )
    )
    if key is None:
        raise NotFound(_("没有这个开标密钥。"))
    return key


def active_key(actor: Actor, person_id: UUID) -> OfficerKey | None:
    return db.session.scalar(
        select(OfficerKey).where(
            OfficerKey.bureau_id == actor.bureau_id, OfficerKey.person_id == person_id, OfficerKey.state == "active"
        )
    )


def put_key(actor: Actor, key_id: UUID, recipient: str, identity_ciphertext: str) -> OfficerKey:
    """A new key of the actor's own. The former one is retired: tenders that were set up with it keep it."""
    existing = db.session.scalar(
        select(OfficerKey).where(OfficerKey.bureau_id == actor.bureau_id, OfficerKey.id == key_id)
    )
    if existing is not None:
        same = (existing.person_id, existing.recipient, existing.identity_ciphertext)
        if same == (actor.account_id, recipient, identity_ciphertext):
            return existing
        raise Conflict(_("这个编号已用于另一个密钥。"))
    require_recipient(recipient, "recipient")
    if not is_passphrase_wrapped(identity_ciphertext):
        raise Invalid({"identity_ciphertext": [_("密钥必须先用口令加密（age，scrypt）再上传。")]})
    former = active_key(actor, actor.account_id)
    if former is not None:
        former.state = "retired"
        db.session.flush()
    key = OfficerKey(
        bureau_id=actor.bureau_id, id=key_id, person_id=actor.account_id, recipient=recipient,
        identity_ciphertext=identity_ciphertext, state="active", confirmed_at=None, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(key)
    flush(db.session(), {"uq_officer_keys_active": Conflict(_("您刚刚已建立了另一个密钥，请刷新页面。"))})
    return key


def mark_lost(actor: Actor, key_id: UUID) -> OfficerKey:
    """The holder cannot open it any more. Tenders set up with it are opened by the other two."""
    key = own_key(actor, key_id)
    key.state = "lost"
    db.session.flush()
    return key


def require_recipient(recipient: str, field: str) -> None:
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except Exception as error:
        raise Invalid({field: [_("不是有效的 age 公钥。")]}) from error


def is_passphrase_wrapped(armored: str) -> bool:
    """Armored age whose only stanza is scrypt: nothing else may ever be stored as an officer's secret."""
    if len(armored) > MOST_ARMOR or ARMOR.fullmatch(armored) is None:
        return False
    try:
        raw = base64.b64decode("".join(armored.strip().splitlines()[1:-1]), validate=True)
    except ValueError:
        return False
    return raw.startswith(b"age-encryption.org/v1\n-> scrypt ")


def challenge(key: OfficerKey) -> dict[str, Any]:
    """Something random for the key, and a token that knows only its hash: nothing is kept until it is answered."""
    secret = secrets.token_hex(16)
    sealed = pyrage.encrypt(secret.encode(), [pyrage.x25519.Recipient.from_str(key.recipient)], armored=True)
    token = _serializer().dumps([str(key.id), hashlib.sha256(secret.encode()).hexdigest()])
    return {"sealed": sealed.decode(), "token": token, "identity_ciphertext": key.identity_ciphertext}


def confirm(actor: Actor, key_id: UUID, token: str, answer: str) -> OfficerKey:
    """The answer was decrypted with the passphrase: from here on the key is known to work."""
    key = own_key(actor, key_id)
    try:
        named, expected = _serializer().loads(token, max_age=int(CHALLENGE_LASTS.total_seconds()))
    except (BadSignature, ValueError) as error:
        raise Invalid({"token": [_("验证已过期，请重新开始。")]}) from error
    given = hashlib.sha256(answer.encode()).hexdigest()
    if named != str(key.id) or not hmac.compare_digest(given, expected):
        raise Invalid({"answer": [_("口令没有打开密钥，验证未通过。")]})
    if key.state == "lost":
        raise Conflict(_("这个密钥已登记为丢失，请建立新密钥。"))
    key.confirmed_at = now()
    db.session.flush()
    return key


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="officer-key-challenge")
