from flask import Blueprint

blueprint = Blueprint("self_checks", __name__)
