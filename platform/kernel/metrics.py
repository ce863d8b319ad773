"""What Prometheus reads: requests by route template and status class, over all worker processes. Not public."""

import hmac
import os
import time
from ipaddress import ip_address

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest, multiprocess

MULTIPROCESS_DIR = "PROMETHEUS_MULTIPROC_DIR"  # set by deploy/gunicorn.conf.py
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP")

REQUESTS = Histogram(
    "houqin_request_seconds",
    "Time to answer, by route template and status class",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_observe)
    app.add_url_rule("/metrics", "metrics", _metrics)


def _begin() -> None:
    g.metrics_started = time.perf_counter()


def _observe(response: Response) -> Response:
    started = g.get("metrics_started")
    if started is not None:
        # The template, not the address: an address per record would make a series per record.
        route = request.url_rule.rule if request.url_rule is not None else "(none)"
        method = request.method if request.method in METHODS else "(other)"
        REQUESTS.labels(method, route, f"{response.status_code // 100}xx").observe(time.perf_counter() - started)
    return response


def _metrics() -> Response:
    if not _may_read():
        return Response("not found\n", status=404, mimetype="text/plain")
    registry = REGISTRY
    if os.environ.get(MULTIPROCESS_DIR):
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


_metrics.__access__ = "public"  # type: ignore[attr-defined]


def _may_read() -> bool:
    """With the token, or from this very machine; what a proxy passed on comes from elsewhere."""
    token = current_app.extensions["houqin.config"].metrics_token
    if token is not None:
        kind, _, given = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), token.encode()):
            return True
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False
