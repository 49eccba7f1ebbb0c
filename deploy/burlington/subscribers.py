#!/usr/bin/python3
"""Two systems that speak only HTTP, on one server that misbehaves: a scheduling tool and the public registry.

    subscribers.py DATABASE SECRET-FILE SEED

Prints its port. Each system has a path of its own. What it accepts, it commits to its database before it answers; who has
not signed with the secret is turned away. One request in twenty goes wrong, and which one depends on the seed, the
event and how often it has come: the server hangs, fails (500), asks to be left alone (429 with Retry-After), resets the
connection, or answers byte by byte. So the same event goes wrong twice at most, and never for good.
"""

import base64
import hashlib
import hmac
import json
import os
import random
import signal
import socket
import sqlite3
import struct
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

#: How many requests of a hundred go wrong while an event may.
WRONG = 5
#: How often an event may go wrong.
MOST = 2
#: Longer than its callers wait, in seconds.
HANG = 2.5
#: How far a caller's clock may be away, in seconds.
TOLERANCE = 300
#: The most bytes of a body.
LARGEST = 1 << 21

SCHEMA = """
CREATE TABLE IF NOT EXISTS accepted (
    system TEXT, subject TEXT, version TEXT, data TEXT, PRIMARY KEY (system, subject)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS answers (system TEXT, kind TEXT, count INTEGER, PRIMARY KEY (system, kind)) WITHOUT ROWID;
"""


class Book:
    """What was accepted last of each record, and how requests were answered."""

    def __init__(self, file: str) -> None:
        self.lock = threading.Lock()
        self.database = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode = wal")
        # Safe against the end of this process; a power cut is not part of the demo.
        self.database.execute("PRAGMA synchronous = normal")
        self.database.executescript(SCHEMA)

    def accept(self, system: str, event: dict[str, object]) -> None:
        """Notes a record's state, whatever was there before: the last one that came counts."""
        data = json.dumps(event["data"]) if event["type"] == "lockstep.record.changed" else None
        row = [system, event["subject"], event["recordversion"], data]
        with self.lock:
            self.database.execute("INSERT OR REPLACE INTO accepted VALUES (?, ?, ?, ?)", row)

    def count(self, system: str, kind: str) -> None:
        """Counts an answer."""
        with self.lock:
            self.database.execute(
                "INSERT INTO answers VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1", [system, kind]
            )


class Whims:
    """Decides which request goes wrong, and how; the same seed and requests give the same answers."""

    KINDS = ("hang", "500", "429", "reset", "slow")

    def __init__(self, seed: str) -> None:
        self.seed = seed
        self.lock = threading.Lock()
        self.tries: dict[str, int] = {}

    def of(self, event: str) -> str | None:
        """What goes wrong with an event that has come; None: nothing."""
        with self.lock:
            tries = self.tries[event] = self.tries.get(event, 0) + 1
        chance = random.Random(f"{self.seed} {event} {tries}")
        if tries > MOST or chance.randrange(100) >= WRONG:
            return None
        return chance.choice(self.KINDS)


def is_signed(secret: bytes, headers: dict[str, str], body: bytes, now: float) -> bool:
    """Whether a request is from somebody who has the secret, and was sent just now (Standard Webhooks)."""
    identity, sent = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not sent.isdigit() or abs(now - int(sent)) > TOLERANCE:
        return False
    digest = hmac.new(secret, f"{identity}.{sent}.".encode() + body, hashlib.sha256).digest()
    wanted = "v1," + base64.b64encode(digest).decode()
    return any(hmac.compare_digest(wanted, given) for given in headers.get("webhook-signature", "").split())


class Handler(BaseHTTPRequestHandler):
    """Answers one connection's requests."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: "Server"

    def do_POST(self) -> None:  # pylint: disable=invalid-name
        """Takes a record in, or misbehaves."""
        system = self.path.strip("/")
        length = int(self.headers.get("content-length", 0))
        if system not in self.server.systems or length > LARGEST:
            self.close_connection = True
            return self.answer(404)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        if not is_signed(self.server.secret, headers, body, time.time()):
            self.server.book.count(system, "401")
            return self.answer(401)
        whim = self.server.whims.of(headers["webhook-id"])
        self.server.book.count(system, whim or "200")
        if whim == "500":
            return self.answer(500)
        if whim == "429":
            return self.answer(429, {"Retry-After": "1"})
        if whim == "reset":
            # Closed without a farewell: the kernel sends a reset.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return None
        self.server.book.accept(system, json.loads(body))
        if whim == "hang":
            # It has the record, and its caller never hears of it.
            time.sleep(HANG)
            self.close_connection = True
            return None
        return self.answer(200, slowly=whim == "slow")

    def answer(self, status: int, headers: dict[str, str] | None = None, slowly: bool = False) -> None:
        """Answers with a short body."""
        body = b"." * 20
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if not slowly:
            self.wfile.write(body)
            return
        for byte in body:
            self.wfile.write(bytes([byte]))
            time.sleep(0.02)

    def log_message(self, format: str, *arguments: object) -> None:  # pylint: disable=redefined-builtin
        """Says nothing: the database has the counts."""


class Server(ThreadingHTTPServer):
    """The server of both systems."""

    daemon_threads = True
    request_queue_size = 128
    systems = ("scheduling", "registry")

    def __init__(self, book: Book, secret: bytes, whims: Whims) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.book = book
        self.secret = secret
        self.whims = whims

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller that has gone is no error of the server's."""


def main() -> None:
    """Serves until it is ended."""
    database, secret_file, seed = sys.argv[1:]
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    secret = base64.b64decode(Path(secret_file).read_text(encoding="utf-8").strip().removeprefix("whsec_"))
    server = Server(Book(database), secret, Whims(seed))
    print(server.server_port, flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
