from flask import Blueprint

blueprint = Blueprint("recall", __name__, url_prefix="/recalls")
