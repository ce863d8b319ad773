from flask import Blueprint

blueprint = Blueprint("fairness", __name__, url_prefix="/inspections")
