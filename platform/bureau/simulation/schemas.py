from kernel.schemas import BaseSchema, Choice, Identifier, Text


class SimulationForm(BaseSchema):
    """`id`: made by the page. The points to try come as `points-<criterion>`, the table as a file or pasted."""

    id = Identifier(required=True)
    lot_id = Identifier(load_default=None, allow_none=True)
    source = Choice(("past", "table"), required=True)
    source_lot_id = Identifier(load_default=None, allow_none=True)
    pasted = Text(60_000, load_default="", allow_none=True)
