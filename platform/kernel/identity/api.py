"""REST: who am I, my tokens, my sessions; and the one operation without a token, which gives one."""

from typing import Any
from uuid import UUID

from flask import request

from kernel.access import PUBLIC, SIGNED_IN
from kernel.access.edge import access, access_table, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import NotFound
from kernel.identity.permissions import Permission
from kernel.identity.schemas import (
    MeSchema,
    NewTokenSchema,
    SessionListSchema,
    TokenListSchema,
    TokenRequestSchema,
)
from kernel.identity.service import scopes, sessions, tokens

blueprint = ApiBlueprint("identity", __name__, description="Accounts: who am I, tokens, sessions")


def _person() -> Actor:
    """Identity's own tables belong to no tenant: they are read in the identity scope."""
    use_scope(db.session(), IDENTITY)
    return current_actor()


@blueprint.route("/me", methods=["GET"])
@access(Permission.PROFILE)
@blueprint.response(200, MeSchema)
def me() -> Any:
    """The signed-in person, their roles and permissions here, and the other places that they may act in."""
    actor = _person()
    table = access_table()
    return {
        "account_id": actor.account_id,
        "display_name": actor.display_name,
        "locale": actor.locale,
        "level": actor.level,
        "bureau_id": actor.bureau_id,
        "school_id": actor.school_id,
        "school_ids": list(actor.school_ids),
        "scope_label": actor.scope_label,
        "roles": sorted(actor.roles),
        "permissions": sorted(name for name in table.names() if name.count(":") == 2 and table.allows(actor, name)),
        "scopes": scopes.scopes_of(actor.account_id),
    }


@blueprint.route("/tokens", methods=["POST"])
@access(PUBLIC)
@blueprint.arguments(TokenRequestSchema)
@blueprint.response(201, NewTokenSchema)
def create_token(data: dict[str, Any]) -> Any:
    """A token for a device, for user name and password (and code, where a second factor is set up). Failures count
    towards the same lock-out as on the sign-in page."""
    wanted = tokens.check_scopes(data["scopes"], access_table().names())
    new = tokens.create_device_token(
        data["username"],
        data["password"],
        request.remote_addr or "",
        code=data["code"],
        name=data["name"],
        token_scopes=wanted,
        days=data["days"],
        scope=data["scope"],
    )
    return _described(new.token) | {"token": new.secret}


def _described(token: Any) -> dict[str, Any]:
    names = (
        "id", "name", "scopes", "level", "bureau_id", "zone_id", "school_id", "supplier_id", "created_at",
        "expires_at", "last_used_at",
    )  # fmt: skip
    return {name: getattr(token, name) for name in names}


@blueprint.route("/tokens", methods=["GET"])
@access(Permission.TOKENS)
@blueprint.response(200, TokenListSchema)
def list_tokens() -> Any:
    """One's own live tokens, newest first; never their secrets."""
    return {"items": tokens.live_tokens(_person().account_id), "next_cursor": None}


@blueprint.route("/tokens/<uuid:token_id>", methods=["DELETE"])
@access(Permission.TOKENS)
@blueprint.response(204)
def revoke_token(token_id: UUID) -> None:
    """Takes effect at once."""
    tokens.revoke_token(_person(), token_id)


@blueprint.route("/tokens/current", methods=["DELETE"])
@access(SIGNED_IN)
@blueprint.response(204)
def revoke_current_token() -> None:
    """The token that this request came with: how a device signs itself out. It needs no other right, and ends nothing
    else: whoever finds a device cannot sign its owner out elsewhere."""
    actor = _person()
    if actor.token_id is None:
        raise NotFound
    tokens.revoke_token(actor, actor.token_id)


@blueprint.route("/sessions", methods=["GET"])
@access(Permission.SESSIONS)
@blueprint.response(200, SessionListSchema)
def list_sessions() -> Any:
    """One's own signed-in browsers."""
    return {"items": sessions.live_sessions(_person()), "next_cursor": None}


@blueprint.route("/sessions/<uuid:session_id>", methods=["DELETE"])
@access(Permission.SESSIONS)
@blueprint.response(204)
def end_session(session_id: UUID) -> None:
    """Sign that browser out, at once."""
    sessions.end_session(_person(), session_id)
