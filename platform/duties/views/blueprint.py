from flask import Blueprint

blueprint = Blueprint("duties", __name__, url_prefix="/duties")
