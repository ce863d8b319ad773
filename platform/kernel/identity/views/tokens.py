"""API tokens of one's own: made, shown once, listed, revoked."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access import token_covers
from kernel.access.edge import access, access_table
from kernel.actor import Actor
from kernel.identity.labels import TOKEN_SCOPES
from kernel.identity.permissions import Permission
from kernel.identity.schemas import TokenForm
from kernel.identity.service import tokens as service
from kernel.identity.views import pages, signed_in_person
from kernel.web.forms import Form


@pages.route("/account/tokens", methods=["GET", "POST"])
@access(Permission.TOKENS)
def tokens() -> Any:
    actor = signed_in_person()
    form = Form.blank(TokenForm(), {"days": 90})
    new = None
    if request.method == "POST":
        form = Form.submitted(TokenForm())
        with form.catching():
            data = form.load()
            scopes = service.check_scopes(data["scopes"], access_table().names())
            new = service.create_token(actor, data["name"], scopes, data["days"])
            form = Form.blank(TokenForm(), {"days": 90})
    page = render_template(
        "identity/tokens.html",
        form=form,
        new=new,
        tokens=service.live_tokens(actor.account_id),
        scopes=_offered_scopes(actor),
        names=TOKEN_SCOPES,
    )
    return (page, 422) if form.errors else page


def _offered_scopes(actor: Actor) -> list[tuple[str, str]]:
    """Those that would let the holder do something that this person may do now."""
    table = access_table()
    held = [name for name in table.names() if name.count(":") == 2 and table.allows(actor, name)]
    return [
        (scope, str(label))
        for scope, label in TOKEN_SCOPES.items()
        if any(token_covers(frozenset({scope}), name) for name in held)
    ]


@pages.post("/account/tokens/<uuid:token_id>/revoke")
@access(Permission.TOKENS)
def revoke_token(token_id: UUID) -> Any:
    service.revoke_token(signed_in_person(), token_id)
    flash(_("令牌已吊销，使用它的设备立即失效。"), "success")
    return redirect(url_for("identity.tokens"))
