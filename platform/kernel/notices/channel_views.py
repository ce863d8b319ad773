"""Pages for the group bots: list, add, change, try."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.notices import channels, labels
from kernel.notices.models import ChatWebhook
from kernel.notices.permissions import Permission
from kernel.notices.schemas import WebhookForm
from kernel.web.forms import Form

blueprint = Blueprint("channels", __name__, url_prefix="/channels")


@blueprint.get("/")
@access(Permission.MANAGE_CHANNELS)
def index() -> str:
    actor = current_actor()
    return render_template(
        "notices/channels.html", webhooks=channels.list_webhooks(actor), failing=channels.undelivered(actor),
        labels=labels,
    )  # fmt: skip


@blueprint.get("/new")
@access(Permission.MANAGE_CHANNELS)
def new() -> str:
    return _edit_page(Form.blank(WebhookForm(), {"id": new_id(), "channel": "wecom", "is_active": True}), None)


@blueprint.post("/new")
@access(Permission.MANAGE_CHANNELS)
def create() -> Any:
    form = Form.submitted(WebhookForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        channels.save_webhook(current_actor(), values.pop("id"), None, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("channels.index"))
    return _edit_page(form, None), form.refusal_status


@blueprint.get("/<uuid:webhook_id>/edit")
@access(Permission.MANAGE_CHANNELS)
def edit(webhook_id: UUID) -> str:
    webhook = channels.get_webhook(current_actor(), webhook_id)
    names = ("id", "version", "name", "channel", "is_active")  # address and secret are never shown again
    return _edit_page(Form.blank(WebhookForm(), {name: getattr(webhook, name) for name in names}), webhook)


@blueprint.post("/<uuid:webhook_id>/edit")
@access(Permission.MANAGE_CHANNELS)
def save(webhook_id: UUID) -> Any:
    webhook = channels.get_webhook(current_actor(), webhook_id)
    form = Form.submitted(WebhookForm())
    form.values["id"] = str(webhook_id)
    with form.catching():
        values = form.load()
        values.pop("id")
        channels.save_webhook(current_actor(), webhook_id, values.pop("version") or 0, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("channels.index"))
    if form.conflict is not None and form.conflict.current:
        form.values["version"] = form.conflict.current.get("version")
    return _edit_page(form, webhook), form.refusal_status


@blueprint.post("/<uuid:webhook_id>/test")
@access(Permission.MANAGE_CHANNELS)
def send_test(webhook_id: UUID) -> Any:
    channels.send_test(current_actor(), webhook_id)
    flash(_("测试消息将在一分钟内发出，请到群里查看。"), "success")
    return redirect(url_for("channels.index"))


def _edit_page(form: Form, webhook: ChatWebhook | None) -> str:
    return render_template("notices/channel.html", form=form, webhook=webhook, labels=labels)
