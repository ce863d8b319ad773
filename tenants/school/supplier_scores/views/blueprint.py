from flask import Blueprint

blueprint = Blueprint("supplier_scores", __name__, url_prefix="/supplier-scores")
