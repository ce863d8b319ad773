from flask import Blueprint

blueprint = Blueprint("rectifications", __name__, url_prefix="/rectifications")
