from flask import Blueprint

blueprint = Blueprint("settlement", __name__, url_prefix="/supplier-statements")
