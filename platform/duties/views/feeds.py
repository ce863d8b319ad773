"""Subscribing a phone's calendar to one's duties."""

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from duties import ical
from duties.links import address
from duties.permissions import Permission
from duties.schemas import DutyFeedForm
from duties.service import feeds
from duties.views.blueprint import blueprint
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor
from kernel.config import Config
from kernel.web.forms import Form


@blueprint.get("/feeds")
@access(Permission.FEED)
def list_feeds() -> str:
    return _page(Form.blank(DutyFeedForm(), {"name": _("我的手机")}))


def _page(form: Form, url: str = "") -> str:
    return render_template("duties/feeds.html", form=form, feeds=feeds.list_feeds(current_actor()), url=url)


@blueprint.post("/feeds")
@access(Permission.FEED)
def create_feed() -> Any:
    """Shows the new address once; it is kept as a hash only."""
    form = Form.submitted(DutyFeedForm())
    with form.catching():
        made = feeds.create_feed(current_actor(), form.load()["name"])
        url = site() + url_for("duties.feed", bureau_id=made.feed.bureau_id, feed_secret=made.secret)
        return _page(Form.blank(DutyFeedForm()), url)
    return _page(form), form.refusal_status


@blueprint.post("/feeds/<uuid:duty_feed_id>/revoke")
@access(Permission.FEED)
def revoke_feed(duty_feed_id: UUID) -> Any:
    feeds.revoke_feed(current_actor(), duty_feed_id)
    flash(_("已停用，这个地址不再能读取。"), "success")
    return redirect(url_for("duties.list_feeds"))


@blueprint.get("/calendar/<int:bureau_id>/<feed_secret>.ics")
@access(PUBLIC)
def feed(bureau_id: int, feed_secret: str) -> Response:
    """What a calendar program reads: whoever holds the address, and nothing but the calendar."""
    response = Response(
        feeds.read_feed(bureau_id, feed_secret, lambda one: site() + address(one)), content_type=ical.MEDIA_TYPE
    )
    response.headers["Content-Disposition"] = 'inline; filename="duties.ics"'
    response.headers["Cache-Control"] = "private, max-age=900"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def site() -> str:
    """The service's own address, without a slash at its end."""
    config: Config = current_app.extensions["houqin.config"]
    return config.base_url.rstrip("/")
