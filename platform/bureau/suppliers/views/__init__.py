"""Pages: the bureau's (bureau.py, measures.py), the company's own (company.py), the public's (public.py)."""

from typing import Any

from flask import Blueprint

from kernel.web.forms import uploaded

pages = Blueprint("suppliers", __name__, url_prefix="/suppliers")
company_pages = Blueprint("company", __name__, url_prefix="/company")
public_pages = Blueprint("public_suppliers", __name__, url_prefix="/public/suppliers")


def one_upload(name: str) -> tuple[str, bytes] | None:
    """(file name, bytes) of a file input, None where it was left empty."""
    for file in uploaded(name):
        return file.filename or "", file.read()
    return None


def _register() -> Any:
    from bureau.suppliers.views import bureau, company, measures, public

    return bureau, company, measures, public


_register()
