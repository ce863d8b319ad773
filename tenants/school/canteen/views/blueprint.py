from flask import Blueprint

blueprint = Blueprint("canteen", __name__)
public_blueprint = Blueprint("public_menus", __name__, url_prefix="/public/menus")
