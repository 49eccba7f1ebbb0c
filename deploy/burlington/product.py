"""What the demo knows of the `lockstep` command: its words, and the names in its JSON. Nothing else reads either."""

import json
import sqlite3
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from processes import Processes


#: How a command ends that is done and found something that needs attention.
ATTENTION = 1


@dataclass
class Broker:
    """Where the private broker is."""

    amqp: str
    management: str
    pid: int


@dataclass
class Counters:
    """What an office has counted."""

    records: int
    events: int
    applied: int
    duplicates: int
    superseded: int
    refused: int
    retried: int
    p50: float | None
    p99: float | None


@dataclass
class Outbox:
    """How the core app's outbox is doing."""

    waiting: int
    sent: int
    unrouted: int
    refused: int


@dataclass
class Standing:
    """What the ledger knows of an office."""

    events: int
    held: int
    waiting: int
    dead: int
    silent: int
    p50: float | None
    p99: float | None


class Lockstep:
    """The command, with the demo's configuration."""

    def __init__(self, binary: Path, config: Path, state: Path, processes: Processes) -> None:
        self.binary = binary
        self.config = config
        self.state = state
        self.processes = processes

    def command(self, *words: str) -> list[str]:
        """A command line that uses the demo's configuration."""
        return [str(self.binary), *words, "--config", str(self.config)]

    def read(self, *words: str, limit: float = 30) -> Any:
        """Runs a command and returns the JSON that it printed."""
        return json.loads(self.processes.run(self.command(*words, "--json"), limit))

    def broker(self, verb: str, *options: str) -> Any:
        """`lockstep broker start`, `status` or `stop`; it needs no configuration."""
        words = [str(self.binary), "broker", verb, "--state", str(self.state), *options]
        return self.processes.run(words, 100)

    def start_broker(self) -> Broker:
        """Starts the private broker, or starts it again, and tells all other commands where it is."""
        self.broker("start", "--json")
        broker = self.broker_status()
        self.processes.environment["LOCKSTEP_BROKER_URL"] = broker.amqp
        self.processes.environment["LOCKSTEP_MANAGEMENT_URL"] = broker.management
        return broker

    def broker_status(self) -> Broker:
        """Where the private broker is."""
        status = json.loads(self.broker("status", "--json"))
        return Broker(status["amqp"], status["management"], status["pid"])

    def apply_topology(self) -> None:
        """Declares exchanges, queues and bindings."""
        self.processes.run(self.command("topology", "apply"))

    def start_worker(self, office: str) -> subprocess.Popen[bytes]:
        """Starts an office's worker."""
        return self.processes.start(office, self.command("worker", office))

    def start_workers(self, name: str, offices: list[str]) -> subprocess.Popen[bytes]:
        """Starts one worker for several offices."""
        return self.processes.start(name, self.command("worker", *offices))

    def start_publisher(self) -> subprocess.Popen[bytes]:
        """Starts a publisher that takes events from its input."""
        return self.processes.start("publish", self.command("publish", "--from", "-"), piped=True)

    @property
    def core_database(self) -> Path:
        """The core app's own database."""
        return self.state / "core.sqlite"

    def install_outbox(self) -> None:
        """Makes the outbox's tables in the core app's database."""
        self.processes.run(self.command("outbox", "install", str(self.core_database)))

    def start_relay(self) -> subprocess.Popen[bytes]:
        """Starts what publishes the outbox."""
        return self.processes.start("relay", self.command("relay"))

    def start_ledger(self) -> subprocess.Popen[bytes]:
        """Starts what keeps the reports of publishers and offices."""
        return self.processes.start("ledger", self.command("ledger"))

    def outbox(self) -> Outbox:
        """How the outbox is doing."""
        found = self.read("outbox", "status")
        return Outbox(found["waiting"], found["sent"], found["unrouted"], found["refused"])

    def standings(self) -> dict[str, Standing]:
        """What the ledger knows of each office."""
        done = self.processes.run(self.command("status", "--json"), accepted=(0, ATTENTION))
        return {
            row["office"]: Standing(
                events=row["events"],
                held=row["held"],
                waiting=row["waiting"],
                dead=row["dead"],
                silent=row["silent"],
                p50=row["delayMilliseconds"]["p50"],
                p99=row["delayMilliseconds"]["p99"],
            )
            for row in json.loads(done)
        }

    def counters(self, office: str) -> Counters:
        """What an office has counted."""
        found = self.read("office", office)
        return Counters(
            records=found["records"],
            events=found["events"],
            applied=found["applied"] + found["merged"] + found["conflict"],
            duplicates=found["duplicate"],
            superseded=found["superseded"],
            refused=found["refused"],
            retried=found["retried"],
            p50=found["delayMilliseconds"]["p50"],
            p99=found["delayMilliseconds"]["p99"],
        )

    def records(self, office: str) -> str:
        """Every record of an office, one a line."""
        return self.processes.run(self.command("office", office, "--records"))

    def database(self, office: str) -> Path:
        """The file with an office's records and its calendar."""
        return self.state / f"{office}.sqlite"

    def applied(self, office: str) -> int:
        """How many deliveries an office has taken in so far: quickly, for looking again and again."""
        file = self.database(office)
        if not file.exists():
            return 0
        query = "SELECT coalesce(sum(count), 0) FROM counters WHERE name NOT IN ('refused', 'retried', 'duplicate')"
        try:
            database = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=1)
            try:
                return int(database.execute(query).fetchone()[0])
            finally:
                database.close()
        except sqlite3.OperationalError:
            return 0  # Its worker is just making it.

    def backlog(self) -> int | None:
        """What the broker still holds for the offices, dead letters aside; None: it does not know yet."""
        numbers = [office[name] for office in self.read("offices") for name in ("ready", "unacknowledged", "waiting")]
        return None if None in numbers else sum(numbers)

    def duplicates(self, office: str) -> int:
        """How many deliveries an office had before: quickly, for looking again and again."""
        database = sqlite3.connect(f"file:{self.database(office)}?mode=ro", uri=True, timeout=20)
        try:
            query = "SELECT coalesce(sum(count), 0) FROM counters WHERE name = 'duplicate'"
            return int(database.execute(query).fetchone()[0])
        finally:
            database.close()

    def dead_letter_ids(self, office: str) -> list[str]:
        """The event of each of an office's dead letters."""
        return [letter["id"] for letter in self.read("dead-letters", "list", office, "--limit", "1000000")]

    def dead_letters(self, office: str) -> list[str]:
        """The class of each of an office's dead letters, of one event once.

        A worker that is killed after it has given an event up, and before the broker has its answer, does so again.
        """
        found = self.read("dead-letters", "list", office)
        unread = [letter["errorClass"] for letter in found if letter["errorClass"] == "undecodable"]
        given_up = {(letter["id"], letter["errorClass"]) for letter in found if letter["errorClass"] != "undecodable"}
        return unread + [kind for _, kind in given_up]
