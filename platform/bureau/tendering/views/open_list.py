"""The list of published tenders, as suppliers, schools and zones see it."""

from typing import Any

from flask import render_template, request, url_for

from bureau.tendering import labels, schemas
from bureau.tendering.api import caught_up
from bureau.tendering.service import reading
from kernel.access.edge import current_actor
from kernel.web.forms import Form

PAGE = 50


def open_list(pages: str) -> str:
    """`pages`: the blueprint whose `index` this is and whose `show` the lines lead to."""
    actor = current_actor()
    caught_up(actor)
    query = Form.blank(schemas.OpenTenderQuery(), request.args.to_dict()).load()
    kept: dict[str, Any] = {"state": query["state"]} if query["state"] else {}
    page = reading.list_tenders(actor, query["cursor"], PAGE, **kept)
    index = f"{pages}.index"
    return render_template(
        "tendering/open_index.html", page=page, labels=labels, chosen=query["state"], endpoint=f"{pages}.show",
        list_endpoint=index,
        first_url=url_for(index, **kept) if query["cursor"] else None,
        next_url=url_for(index, cursor=page.next_cursor, **kept) if page.next_cursor else None,
    )  # fmt: skip
