from flask import Blueprint

from scorecards.form import decimal_text

blueprint = Blueprint("forms", __name__, url_prefix="/forms")
blueprint.add_app_template_filter(decimal_text, "decimal_text")
