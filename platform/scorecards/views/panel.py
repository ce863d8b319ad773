"""An editor opens in a panel beside the sheet, or as a page of its own where there is no script.

Saved, both lead back to the sheet. Refused in the panel, the answer is put into the panel again and not over the page.
"""

from typing import Any
from uuid import UUID

from flask import make_response, redirect, request, url_for

EDITOR = "editor"  # the id of the part that the panel takes out of an editor's page
PANEL = "builder-panel"


def to_version(form_version_id: UUID, anchor: str | None = None) -> Any:
    return redirect(url_for("forms.version", form_version_id=form_version_id, _anchor=anchor))


def refused(page: str, status: int) -> Any:
    response = make_response(page, status)
    if request.headers.get("HX-Request"):
        response.headers["HX-Retarget"] = f"#{PANEL}"
        response.headers["HX-Reselect"] = f"#{EDITOR}"
        response.headers["HX-Reswap"] = "innerHTML"
    return response
