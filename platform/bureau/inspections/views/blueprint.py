from decimal import Decimal

from flask import Blueprint

from scorecards.form import decimal_text

blueprint = Blueprint("inspections", __name__, url_prefix="/inspections")


@blueprint.app_template_filter("points")
def points(value: Decimal | None) -> str:
    """Points without the zeros that the database keeps: 86.5000 → 86.5; a dash for none."""
    return "—" if value is None else decimal_text(value)
