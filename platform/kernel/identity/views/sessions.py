"""Where one is signed in, and ending that."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access import SIGNED_IN
from kernel.access.edge import access
from kernel.identity.service import sessions as service
from kernel.identity.views import pages, signed_in_person
from kernel.identity.views.sign_in import leave


@pages.get("/account/sessions")
@access(SIGNED_IN)
def sessions() -> Any:
    return render_template("identity/sessions.html", sessions=service.live_sessions(signed_in_person()))


@pages.post("/account/sessions/<uuid:session_id>/end")
@access(SIGNED_IN)
def end_session(session_id: UUID) -> Any:
    service.end_session(signed_in_person(), session_id)
    flash(_("该设备上的登录已退出。"), "success")
    return redirect(url_for("identity.sessions"))


@pages.post("/account/sessions/end-others")
@access(SIGNED_IN)
def end_other_sessions() -> Any:
    actor = signed_in_person()
    count = service.end_sessions(actor.account_id, keep=actor.sign_in_id)
    flash(_("已退出其他 %(count)s 处登录。", count=count), "success")
    return redirect(url_for("identity.sessions"))


@pages.post("/account/sessions/end-all")
@access(SIGNED_IN)
def end_all_sessions() -> Any:
    service.end_sessions(signed_in_person().account_id)
    leave()
    flash(_("所有设备上的登录已全部退出。"), "success")
    return redirect(url_for("identity.sign_in"))
