"""The demo's side of the subscribers' server: it is started, a stranger posts to it, and what it has is compared."""

import base64
import json
import secrets
import sqlite3
import sys
import time
import urllib.error
import urllib.request
from contextlib import closing
from decimal import Decimal
from pathlib import Path

from expected import WEBHOOKS, Office
from processes import DemoError, Processes, wait_until
from subscribers import Whims
from verify import Difference, Held, compare

PROGRAM = Path(__file__).resolve().parent / "subscribers.py"


class Subscribers:
    """The server that scheduling tool and registry share."""

    def __init__(self, processes: Processes, state: Path) -> None:
        self.processes = processes
        self.secret = state / "webhook-secret"
        self.database = state / "subscribers.sqlite"
        self.port = 0

    def start(self, seed: int) -> None:
        """Starts the server with a new secret, and tells all commands where it is."""
        self.secret.touch(mode=0o600)
        self.secret.write_text(f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}\n", encoding="utf-8")
        command = [sys.executable, "-B", str(PROGRAM), str(self.database), str(self.secret), str(seed)]
        self.processes.start("subscribers-server", command)
        log = self.processes.log("subscribers-server")
        wait_until(lambda: log.read_text().strip().isdigit(), 10, "the subscribers' server")
        self.port = int(log.read_text())
        self.processes.environment["LOCKSTEP_DEMO_PORT"] = str(self.port)

    def forge(self) -> None:
        """Posts a record to the registry as somebody who has not the secret."""
        event = {"type": "lockstep.record.changed", "subject": "permit/forged", "recordversion": "f", "data": {}}
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/registry",
            data=json.dumps(event).encode(),
            headers={
                "webhook-id": "forged",
                "webhook-timestamp": str(int(time.time())),
                "webhook-signature": f"v1,{base64.b64encode(bytes(32)).decode()}",
            },
        )
        try:
            with urllib.request.urlopen(request, timeout=10):
                raise DemoError("the registry took what a stranger signed")
        except urllib.error.HTTPError as error:
            if error.code != 401:
                raise DemoError(f"the registry answered a stranger with {error.code}") from error

    def answers(self) -> dict[str, dict[str, int]]:
        """How each system answered: 200, 401, or what went wrong."""
        counts: dict[str, dict[str, int]] = {system: {} for system in WEBHOOKS}
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            for system, kind, count in database.execute("SELECT system, kind, count FROM answers"):
                counts[system][kind] = count
        return counts

    def held(self, system: str) -> Held:
        """What a system accepted last of each record."""
        records, deleted = {}, set()
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as database:
            rows = database.execute("SELECT subject, data FROM accepted WHERE system = ?", [system])
            for subject, data in rows:
                if data is None:
                    deleted.add(subject)
                else:
                    records[subject] = json.loads(data, parse_int=Decimal, parse_float=Decimal)
        return Held(records, deleted, {})

    def differences(self, expected: dict[str, Office]) -> list[Difference]:
        """Where a system has other than it must, or nothing went wrong."""
        found: list[Difference] = []
        for system, counts in self.answers().items():
            found += compare(f"{system}'s server", expected[system], self.held(system))
            for kind in Whims.KINDS:
                if counts.get(kind, 0) == 0:
                    found.append(Difference(f"{system}'s server", "answers", kind, "more than 0", 0))
            strangers = 1 if system == "registry" else 0
            if counts.get("401", 0) != strangers:
                found.append(Difference(f"{system}'s server", "answers", "401", strangers, counts.get("401", 0)))
        return found

    def summary(self) -> str:
        """How requests were answered, a line for each system."""
        lines: list[str] = []
        for system, counts in self.answers().items():
            wrong = ", ".join(f"{counts.get(kind, 0)} × {kind}" for kind in Whims.KINDS)
            lines.append(f"{system}'s server: {counts.get('200', 0):,} posts went well; {wrong}")
        return "\n".join(lines)
