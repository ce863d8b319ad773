from flask import Blueprint

blueprint = Blueprint("draws", __name__)
