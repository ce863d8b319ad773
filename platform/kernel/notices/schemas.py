"""What pages take of the group bots."""

from kernel.schemas import BaseSchema, Choice, Flag, Identifier, Text, Whole


class WebhookForm(BaseSchema):
    """`url`, `secret` empty: stays as stored."""

    id = Identifier(required=True)
    version = Whole(1, load_default=None, allow_none=True)
    name = Text(60, required=True)
    channel = Choice(["wecom", "dingtalk"], required=True)
    url = Text(500, load_default="")
    secret = Text(200, load_default="")
    is_active = Flag()
