from flask import Blueprint

blueprint = Blueprint("evaluation", __name__, url_prefix="/evaluation")
