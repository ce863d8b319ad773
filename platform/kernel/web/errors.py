"""Errors → a page with words that help, or problem JSON. Nothing a client sends may end as 500."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException

from kernel import errors
from kernel.database import db
from kernel.database.writing import constraint_of

log = logging.getLogger(__name__)

STATUS: dict[type[errors.DomainError], int] = {
    errors.NotFound: 404,
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.PendingStep: 403,
    errors.Invalid: 422,
    errors.Conflict: 409,
    errors.RuleBroken: 422,
    errors.TooManyAttempts: 429,
    errors.Overtaken: 412,
    errors.TooLarge: 413,
    errors.Unsupported: 415,
    errors.Busy: 423,
}


def wants_json() -> bool:
    return request.path.startswith("/api/")


def register(app: Flask) -> None:
    app.register_error_handler(errors.DomainError, _domain_error)
    app.register_error_handler(CSRFError, _csrf_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(StaleDataError, _stale)
    app.register_error_handler(IntegrityError, _integrity)
    app.register_error_handler(DataError, _data)
    app.register_error_handler(DBAPIError, _database)
    app.register_error_handler(Exception, _unexpected)


def answer(
    status: int,
    detail: str = "",
    headers: dict[str, str] | None = None,
    members: Mapping[str, Any] | None = None,
    **extra: Any,
) -> Response:
    """The error answer in the form this client reads. `extra`: errors, rule, citation, current; `members`: of the
    problem JSON, also those that are zero or empty."""
    db.session.rollback()
    g.failed = True  # the page around the message asks the database for nothing more
    if wants_json():
        title = _title(status)
        problem = {"type": "about:blank", "title": title, "status": status, "request_id": g.get("request_id", "")}
        if detail:
            problem["detail"] = detail
        problem.update({key: value for key, value in extra.items() if value})
        problem.update(members or {})
        response = jsonify(problem)
        response.mimetype = "application/problem+json"
    else:
        response = Response(
            render_template(
                "errors/error.html", status=status, title=_title(status), detail=detail,
                request_id=g.get("request_id", ""), **{"errors": None, "rule": "", "citation": "", **extra},
            ),
            mimetype="text/html",
        )  # fmt: skip
    response.status_code = status
    for name, value in (headers or {}).items():
        response.headers[name] = value
    return response


def _title(status: int) -> str:
    titles = {
        400: _("请求有误"),
        401: _("请先登录"),
        403: _("没有权限"),
        404: _("没有找到"),
        405: _("不支持这种操作方式"),
        409: _("内容已变化"),
        412: _("内容已变化"),
        413: _("内容过大"),
        415: _("不支持的内容类型"),
        422: _("填写有误"),
        423: _("正在处理另一个请求"),
        428: _("缺少版本号"),
        429: _("尝试过于频繁"),
        500: _("系统出错"),
        503: _("服务暂不可用"),
    }
    try:
        return titles.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return _("请求有误")


def _domain_error(error: errors.DomainError) -> Any:
    status = next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS) if type(error) in STATUS else 422
    if isinstance(error, errors.Unauthenticated):
        return _ask_to_sign_in(error)
    if isinstance(error, errors.PendingStep):
        return _ask_for_step(error)
    extra: dict[str, Any] = {}
    headers: dict[str, str] = {}
    if isinstance(error, errors.Invalid):
        extra["errors"] = error.fields
    elif isinstance(error, errors.RuleBroken):
        extra.update(rule=error.rule, citation=error.citation)
    elif isinstance(error, errors.Conflict):
        extra["current"] = error.current
    elif isinstance(error, (errors.TooManyAttempts, errors.Busy)):
        headers["Retry-After"] = str(error.retry_after)
    return answer(status, error.message, headers, error.members, **extra)


def _ask_to_sign_in(error: errors.Unauthenticated) -> Any:
    if wants_json():
        return answer(401, error.message, {"WWW-Authenticate": "Bearer"})
    if request.headers.get("HX-Request"):
        response = answer(401, _("登录已失效，请重新登录。"))
        response.headers["HX-Redirect"] = url_for("identity.sign_in")
        return response
    back = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("identity.sign_in", next=back))


STEPS = {
    "change_password": "identity.change_password",
    "second_factor": "identity.second_factor",
    "enrol_second_factor": "identity.enrol_second_factor",
    "choose_scope": "identity.choose_scope",
}


def _ask_for_step(error: errors.PendingStep) -> Any:
    if wants_json():
        return answer(403, _("请先在网页上完成必要的账号步骤。"), rule=error.step)
    return redirect(url_for(STEPS[error.step]))


def _csrf_error(error: CSRFError) -> Any:
    return answer(400, _("页面停留过久或已在别处退出，请返回上一页刷新后重新提交，已填内容请先复制保存。"))


def _http_error(error: HTTPException) -> Any:
    if error.response is not None and error.code is None:
        return error.response
    status = error.code or 500
    if status < 400:
        return error
    headers = {"Allow": ", ".join(error.valid_methods or ())} if status == 405 else None  # type: ignore[attr-defined]
    return answer(status, "", headers)


def _stale(error: StaleDataError) -> Any:
    return answer(409, _("这条记录已被他人修改，请核对最新内容后再提交。"))


def _integrity(error: IntegrityError) -> Any:
    log.warning("constraint refused a write", extra={"constraint": constraint_of(error)})
    return answer(409, _("与已有记录冲突，没有保存。请刷新后核对。"))


def _data(error: DataError) -> Any:
    log.warning("database refused a value", exc_info=error)
    return answer(422, _("有内容超出了可以保存的范围。"))


def _database(error: DBAPIError) -> Any:
    if isinstance(error, OperationalError) or error.connection_invalidated:
        g.failed = True
        log.error("database out of reach", exc_info=error)
        return answer(503, _("数据库暂时无法访问，没有保存任何内容，请稍后再试。"), {"Retry-After": "10"})
    return _unexpected(error)


def _unexpected(error: Exception) -> Any:
    log.exception("unexpected error", exc_info=error)
    if current_app.config.get("PROPAGATE_UNEXPECTED"):
        raise error
    return answer(500, _("出现了意外错误，已记录。如需帮助，请提供下面的编号。"))
