"""Landing page (what is due), search, language."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from marshmallow import fields, validate

from kernel.access import MEMBER, PUBLIC
from kernel.access.edge import access, current_actor
from kernel.module import DueItem, Module, SearchHit
from kernel.schemas import BaseSchema, Choice, Text
from kernel.web.forms import Form

blueprint = Blueprint("shell", __name__)


class SearchQuery(BaseSchema):
    q = Text(100, load_default="", allow_none=True)


class LanguageForm(BaseSchema):
    locale = Choice(["zh_CN", "en"], required=True)
    next = fields.String(load_default="", validate=validate.Length(max=2000))


def _modules() -> tuple[Module, ...]:
    modules: tuple[Module, ...] = current_app.extensions["houqin.modules"]
    return modules


@blueprint.get("/")
@access(MEMBER)
def home() -> str:
    actor = current_actor()
    due: list[DueItem] = [item for module in _modules() for source in module.due for item in source(actor)]
    due.sort(key=lambda item: (not item.overdue, item.due_at is None, item.due_at or 0))
    return render_template("shell/home.html", due=due)


@blueprint.get("/search")
@access(MEMBER)
def search() -> Any:
    form = Form.blank(SearchQuery(), {"q": request.args.get("q", "")})
    hits: list[SearchHit] = []
    with form.catching():
        text = form.load()["q"] or ""
        if text:
            actor = current_actor()
            hits = [hit for module in _modules() for source in module.search for hit in source(actor, text)]
    return render_template("shell/search.html", form=form, hits=hits, text=form.value("q"))


@blueprint.post("/language")
@access(PUBLIC)
def set_language() -> Any:
    form = Form.submitted(LanguageForm())
    data = form.load()
    answer = redirect(safe_next(data["next"]) or url_for("shell.home"))
    answer.set_cookie("houqin_locale", data["locale"], max_age=31536000, samesite="Lax", httponly=True)
    return answer


def safe_next(target: str | None) -> str | None:
    """A path on this site to go on to, or None: never another host, whatever the spelling."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    if parts.scheme or parts.netloc or any(ord(character) < 32 for character in target):
        return None
    return target
