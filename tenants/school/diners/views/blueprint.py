from flask import Blueprint

blueprint = Blueprint("diners", __name__)
