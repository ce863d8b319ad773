"""REST under /api/v1: the same services as the pages, marshmallow in and out, problem JSON (RFC 9457) for errors."""

from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

import flask_smorest
import orjson
from flask import Flask, Response, request
from flask.json.provider import JSONProvider
from flask_babel import gettext as _
from marshmallow import RAISE, Schema, fields, missing
from webargs.core import is_json
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest

from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.errors import Invalid
from kernel.schemas import BaseSchema, flatten_errors

View = TypeVar("View", bound=Callable[..., Any])
PREFIX = "/api/v1"
PROBLEM_TYPE = "application/problem+json"

# What any operation may answer besides its success; the edge raises these, not the views.
PROBLEMS = {
    400: "Malformed request",
    401: "Not signed in, or the token is not valid",
    403: "Permission not held",
    404: "No such record within your scope",
    405: "Method not allowed",
    409: "Changed meanwhile, or exists with other content",
    412: "Changed meanwhile by another device; the members say how it stands",
    413: "Too large",
    415: "Media type not supported",
    422: "Input breaks a rule; `errors` names the fields",
    423: "Another request holds it; Retry-After says when to try again",
    429: "Too many attempts",
    503: "Database out of reach",
}


class ProblemSchema(Schema):
    """RFC 9457 problem details. `errors`: field → messages. `rule`, `citation`: the rule that refused."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String()
    request_id = fields.String()
    errors = fields.Dict(keys=fields.String(), values=fields.List(fields.String()))
    rule = fields.String()
    citation = fields.String()
    current = fields.Dict(keys=fields.String())

    def __deepcopy__(self, memo: Any) -> "ProblemSchema":
        """The documentation copies what it holds again and again; nothing in here changes."""
        return self


_PROBLEM = {"schema": ProblemSchema(), "content_type": PROBLEM_TYPE}


class OrjsonProvider(JSONProvider):
    """Dates as ISO 8601, UUIDs and Decimals as strings, text unescaped."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return orjson.dumps(obj, default=str, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        return orjson.loads(s)

    def response(self, *args: Any, **kwargs: Any) -> Response:
        body = orjson.dumps(self._prepare_response_obj(args, kwargs), default=str, option=orjson.OPT_NON_STR_KEYS)
        return Response(body, mimetype="application/json")


class Parser(FlaskParser):
    """Refusals become domain errors, so that pages and API answer alike; unknown keys in a body are errors."""

    DEFAULT_UNKNOWN_BY_LOCATION = {**FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, "json": RAISE}

    def handle_error(self, error: Any, req: Any, schema: Any, *, error_status_code: Any, error_headers: Any) -> Any:
        messages = error.messages
        if (
            isinstance(messages, dict)
            and len(messages) == 1
            and next(iter(messages)) in ("json", "query", "files", "form")
        ):
            messages = next(iter(messages.values()))
        raise Invalid(flatten_errors(messages)) from error

    def _raw_load_json(self, req: Any) -> Any:
        """orjson, strictly: no NaN, no lone surrogates, no nesting deep enough to exhaust the stack."""
        if not is_json(req.mimetype):
            return missing
        try:
            return orjson.loads(req.get_data(cache=True))
        except orjson.JSONDecodeError as error:
            raise BadRequest(_("请求正文不是有效的 JSON。")) from error


class ApiBlueprint(flask_smorest.Blueprint):
    """flask-smorest's, with our parser, our problems documented on every operation.

    @blp.route("/goods-receipts/<uuid:receipt_id>", methods=["PUT"])
    @access(Permission.RECORD)
    @blp.arguments(GoodsReceiptIn)
    @blp.response(200, GoodsReceiptOut)
    def record(data, receipt_id): ...
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, import_name: str, **kwargs: Any) -> None:
        kwargs.setdefault("url_prefix", PREFIX)
        super().__init__(f"api_{name}", import_name, **kwargs)

    def register_views_in_doc(self, api: Any, app: Any, spec: Any, **options: Any) -> None:
        """Described when somebody asks for the description: it is half of what building the application costs."""
        api.undescribed.append(lambda: super(ApiBlueprint, self).register_views_in_doc(api, app, spec, **options))

    def arguments(self, schema: Any, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        """The schema is built once, not with every request; loading keeps nothing in it."""
        return super().arguments(schema() if isinstance(schema, type) else schema, **options)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:  # type: ignore[override]
        register = super().route(rule, **options)

        def decorate(view: View) -> View:
            @wraps(view)
            def served(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            # Written as alt_response would, which wraps the view and copies its description once for each problem:
            # eleven calls more in every request, and half of the service's start.
            described: dict[str, Any] = {**getattr(view, "_apidoc", {})}
            response = {**described.get("response", {})}
            problems = {status: [{**_PROBLEM, "description": text}] for status, text in PROBLEMS.items()}
            described["response"] = {**response, "responses": {**response.get("responses", {}), **problems}}
            served._apidoc = described  # type: ignore[attr-defined]
            register(served)
            return view

        return decorate


def seen_version() -> int | None:
    """The version in If-Match ("3"), None when the header is absent; anything else is Invalid."""
    header = request.headers.get("If-Match")
    if header is None:
        return None
    tag = header.strip().removeprefix("W/").strip('"')
    if not tag.isdecimal() or len(tag) > 9:
        raise Invalid({"If-Match": [_("版本号格式不正确。")]})
    return int(tag)


class PageSchema(BaseSchema):
    """Base of list answers: subclasses add `items`."""

    next_cursor = fields.String(allow_none=True)


class _Api(flask_smorest.Api):
    """Errors are the edge's (kernel.web.errors) for pages and API alike."""

    def __init__(self, app: Flask) -> None:
        self.undescribed: list[Callable[[], None]] = []
        super().__init__(app)

    def description(self) -> dict[str, Any]:
        while self.undescribed:
            self.undescribed[0]()
            self.undescribed.pop(0)
        return dict(self.spec.to_dict())

    def _register_error_handlers(self) -> None:
        return None


def _described(value: Any) -> Any:
    """The description as plain JSON. A decimal travels as text, for which a minimum or maximum has no meaning."""
    if isinstance(value, dict):
        return {
            str(key): _described(inner)
            for key, inner in value.items()
            if not (key in ("minimum", "maximum") and isinstance(inner, str))
        }
    if isinstance(value, (list, tuple)):
        return [_described(inner) for inner in value]
    return value if isinstance(value, (bool, int, float)) or value is None else str(value)


def init_app(app: Flask, blueprints: Any) -> None:
    app.json = OrjsonProvider(app)
    app.config.update(
        API_TITLE="Houqin",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "security": [{"bearer": []}],
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
        },
    )
    api = _Api(app)
    app.extensions["houqin.api"] = api
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    _serve_description(app, api)


def _serve_description(app: Flask, api: flask_smorest.Api) -> None:
    """The OpenAPI description, built once: it does not change while the process lives."""
    built: list[bytes] = []
    one_at_a_time = Lock()

    @app.get(f"{PREFIX}/openapi.json", endpoint="openapi")
    @access(PUBLIC)
    def openapi() -> Response:
        with one_at_a_time:
            if not built:
                built.append(orjson.dumps(_described(api.description())))
        return Response(built[0], mimetype="application/json")
