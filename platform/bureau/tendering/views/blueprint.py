from flask import Blueprint

blueprint = Blueprint("tendering", __name__, url_prefix="/tenders")
