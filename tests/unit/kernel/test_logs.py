"""A log line is one JSON object, and holds no secret and no personal number, whichever way it came in."""

import json
import logging
import sys
from typing import Any

import pytest
from flask import Flask

from kernel import logs

MOBILE = "13812345678"
CITIZEN_ID = "11010519491231002X"


def line(message: str, *arguments: Any, extra: dict[str, Any] | None = None, error: bool = False) -> dict[str, Any]:
    info = sys.exc_info() if error else None
    record = logging.getLogger("test").makeRecord(
        "test", logging.INFO, "f.py", 1, message, arguments, info, extra=extra
    )
    text = logs.JsonFormatter().format(record)
    assert "\n" not in text
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture(autouse=True)
def nothing_bound() -> None:
    logs.clear()


def test_a_line_has_time_level_logger_and_message() -> None:
    found = line("stored %s rows", 3, extra={"table": "schools"})
    assert found["time"].endswith("+00:00")
    assert (found["level"], found["logger"], found["message"], found["table"]) == (
        "INFO",
        "test",
        "stored 3 rows",
        "schools",
    )


def test_bound_fields_stand_in_every_line_until_cleared() -> None:
    logs.bind(request_id="r-1", school_id=7)
    logs.bind(actor="a-1")
    assert {"request_id": "r-1", "school_id": 7, "actor": "a-1"}.items() <= line("x").items()
    logs.clear()
    assert "actor" not in line("x")


@pytest.mark.parametrize(
    ("message", "secret"),
    [
        ("password=hunter22hunter", "hunter22hunter"),
        ("PASSWORD: 'with some spaces'", "with some spaces"),
        ('{"new_password": "in-json-body"}', "in-json-body"),
        ("token=abcdef0123456789 next", "abcdef0123456789"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("sent Bearer abcdef0123456789 along", "abcdef0123456789"),
        ("SECRET_KEY=abcdefabcdef", "abcdefabcdef"),
        ("Cookie: houqin=session-value", "session-value"),
        ("connect postgresql://houqin_app:the-word@db/houqin failed", "the-word"),
        (f"call {MOBILE} please", MOBILE),
        ("电话138 1234 5678，请回复", "138 1234 5678"),
        ("+86-13812345678", MOBILE),
        (f"身份证{CITIZEN_ID}。", CITIZEN_ID),
        (f"id {CITIZEN_ID.lower()} refused", CITIZEN_ID.lower()),
    ],
)
def test_a_secret_in_a_message_is_struck_out(message: str, secret: str) -> None:
    for found in (
        line(message),
        line("%s", message),
        line("x", extra={"detail": message}),
        line("x", extra={"d": [message]}),
    ):
        text = json.dumps(found, ensure_ascii=False)
        assert secret not in text
        assert logs.REDACTED in text


@pytest.mark.parametrize(
    "name", ["password", "api_token", "secret_key", "Authorization", "mobile", "phone", "id_number", "otp"]
)
def test_a_field_of_a_telling_name_is_struck_out_whatever_it_holds(name: str) -> None:
    assert line("x", extra={"form": {name: "plain"}})["form"] == {name: logs.REDACTED}
    assert line("x", extra={name: 42})[name] == logs.REDACTED


def test_a_mobile_number_as_a_number_is_struck_out() -> None:
    found = line("x", extra={"value": int(MOBILE), "count": 12345})
    assert (found["value"], found["count"]) == (logs.REDACTED, 12345)


def test_what_is_no_personal_number_stays() -> None:
    kept = "2026-11-21 12:30 订单 20261121000123 共 1381234 分, 99912345678"
    assert line(kept)["message"] == kept


def test_an_exception_is_told_without_its_secrets() -> None:
    try:
        raise ValueError(f"bad mobile {MOBILE}, password=hunter22")
    except ValueError:
        found = line("failed", error=True)
    assert "ValueError" in found["exception"]
    assert MOBILE not in found["exception"]
    assert "hunter22" not in found["exception"]


@pytest.fixture
def app() -> Flask:
    app = Flask("test")
    logs.register(app)

    @app.get("/pages/<name>")
    def page(name: str) -> str:
        return str(logs.bound()["request_id"])

    @app.get("/reset/<token>")
    def reset(token: str) -> str:
        return ""

    return app


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    caplog.set_level(logging.DEBUG, "kernel.request")
    caplog.handler.setFormatter(logs.JsonFormatter())
    return lambda: [json.loads(text) for text in caplog.text.splitlines()]


def test_a_request_is_one_line_without_its_query(app: Flask, lines: Any) -> None:
    app.test_client().get("/pages/one?mobile=13812345678&token=abc", headers={"X-Request-ID": "from-the-proxy-1"})
    (found,) = lines()
    assert (found["method"], found["path"], found["status"]) == ("GET", "/pages/one", 200)
    assert found["request_id"] == "from-the-proxy-1"
    assert found["duration_ms"] >= 0
    assert "abc" not in json.dumps(found)


def test_a_secret_in_the_path_is_not_logged(app: Flask, lines: Any) -> None:
    app.test_client().get("/reset/very-secret")
    assert lines()[0]["path"] == "/reset/<token>"


@pytest.mark.parametrize("given", ["", "short", "a" * 65, "with space here", "new\nline-in-it", "<script>alert(1)"])
def test_a_strange_request_id_is_replaced(app: Flask, given: str) -> None:
    with app.test_request_context("/pages/x", environ_base={"HTTP_X_REQUEST_ID": given}):
        app.preprocess_request()
        made = logs.bound()["request_id"]
    assert made != given
    assert logs.SANE_REQUEST_ID.fullmatch(made)


def test_the_answer_carries_the_request_id_and_the_next_request_another(app: Flask) -> None:
    client = app.test_client()
    first, second = client.get("/pages/x"), client.get("/pages/x")
    assert first.headers["X-Request-ID"] == first.get_data(as_text=True)
    assert first.headers["X-Request-ID"] != second.headers["X-Request-ID"]
