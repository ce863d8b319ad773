"""Where the service's own time goes: one operation, called in this process, counted by function."""

import cProfile
import io
import json
import pstats
import time
from typing import Any

from benchmarks.client import Call, Refused
from benchmarks.operations import OPERATIONS, District

CALLS = 100


def profile(code: str, district: District) -> None:
    import wsgi

    operation = next(one for one in OPERATIONS if one.code == code)
    app = wsgi.create_app()
    count = min(CALLS, len(district.open_visits) // 3)
    calls = operation.make(district, count * 3)
    for call in calls[:count]:
        answer(app, call)
    started = time.process_time()
    for call in calls[count : 2 * count]:
        answer(app, call)
    print(
        f"{code}: {(time.process_time() - started) / count * 1000:.2f} ms of this process's CPU a request, without profiling"
    )
    profiler = cProfile.Profile(time.process_time)  # not the waiting for the database
    profiler.enable()
    for call in calls[2 * count :]:
        answer(app, call)
    profiler.disable()
    statistics = pstats.Stats(profiler)
    statistics.strip_dirs() if False else None
    statistics.sort_stats("cumulative").print_stats(70)
    statistics.sort_stats("tottime").print_stats(30)
    district.reset()


def answer(app: Any, call: Call) -> Any:
    """The answer, through WSGI itself: a test client costs as much as the request."""
    raw = call.encoded().split(b"\r\n\r\n", 1)[1]
    path, _, query = call.path.partition("?")
    environ = {
        "REQUEST_METHOD": call.method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(raw), "wsgi.errors": io.StringIO(), "wsgi.version": (1, 0),
        "wsgi.multithread": True, "wsgi.multiprocess": True, "wsgi.run_once": False,
        "HTTP_AUTHORIZATION": f"Bearer {call.token}", "CONTENT_LENGTH": str(len(raw)),
        "CONTENT_TYPE": "application/json" if raw else "",
    }  # fmt: skip
    status = []
    body = app(environ, lambda line, headers, *rest: status.append(line))
    content = b"".join(body)
    if hasattr(body, "close"):
        body.close()
    if not status[0].startswith("2"):
        raise Refused(f"{call.path}: {status[0]} {content[:300]!r}")
    return json.loads(content)
