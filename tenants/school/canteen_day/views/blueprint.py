from flask import Blueprint

blueprint = Blueprint("canteen_day", __name__)
