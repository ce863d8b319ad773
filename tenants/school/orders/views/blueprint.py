from flask import Blueprint

blueprint = Blueprint("supply_orders", __name__, url_prefix="/supply-orders")
