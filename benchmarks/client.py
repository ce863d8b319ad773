"""A client that costs next to nothing: prepared bytes out, status and body in, on a connection that is kept.

An ordinary HTTP library takes as long as the floor itself and would make every ratio look better than it is.
"""

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


class Refused(RuntimeError):
    """An answer other than the expected one: the run does not count."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `check` looks at the parsed answer outside the timing and raises Refused."""

    method: str
    path: str
    token: str
    body: Any = None
    check: Callable[[Any], None] | None = None

    def encoded(self) -> bytes:
        body = b"" if self.body is None else json.dumps(self.body, ensure_ascii=False).encode()
        head = (
            f"{self.method} {self.path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {self.token}\r\n"
            f"Accept: application/json\r\nConnection: keep-alive\r\nContent-Length: {len(body)}\r\n"
        )
        if body:
            head += "Content-Type: application/json\r\n"
        return head.encode() + b"\r\n" + body


class Connection:
    """Kept open; a server that closes it (a worker that is replaced) is met by another one, outside the timing."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.socket: socket.socket | None = None

    def open(self) -> socket.socket:
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=60)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.socket

    def local_port(self) -> int:
        return int(self.open().getsockname()[1])

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def send(self, request: bytes) -> tuple[float, int, bytes]:
        """(seconds from the first byte out to the last byte in, status, body)."""
        for attempt in (1, 2):
            connection = self.open()
            started = time.perf_counter()
            try:
                connection.sendall(request)
                status, body, keeps = _receive(connection)
            except (ConnectionError, EOFError):
                # Idle connections are closed by the server after some seconds; every request here may be sent twice.
                self.close()
                if attempt == 2:
                    raise
                continue
            seconds = time.perf_counter() - started
            if not keeps:
                self.close()
            return seconds, status, body
        raise AssertionError

    def call(self, call: Call, request: bytes | None = None) -> float:
        seconds, status, body = self.send(request or call.encoded())
        if not 200 <= status < 300:
            raise Refused(f"{call.method} {call.path}: {status} {body[:300].decode(errors='replace')}")
        if call.check is not None:
            call.check(json.loads(body))
        return seconds


def _receive(connection: socket.socket) -> tuple[int, bytes, bool]:
    data = b""
    while (end := data.find(b"\r\n\r\n")) < 0:
        part = connection.recv(65536)
        if not part:
            raise EOFError
        data += part
    head = data[:end].lower()
    place = head.find(b"content-length:")
    if place < 0:
        raise Refused("an answer without Content-Length")
    length = int(head[place + 15 :].split(b"\r\n", 1)[0])
    body = bytearray(data[end + 4 :])
    while len(body) < length:
        part = connection.recv(262144)
        if not part:
            raise EOFError
        body += part
    return int(data[9:12]), bytes(body), b"connection: close" not in head


def turns(calls: list[Call]) -> Iterator[tuple[Call, bytes]]:
    """Encoded before the clock runs."""
    return iter([(call, call.encoded()) for call in calls])
