"""A lane of the crash run: a core app with its outbox, its relay, and the office that receives its events.

One of the two is killed again and again, always at the same point.
"""

import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import checker
from databases import Database, open_database
from postgres import PostgresServer
from processes import DemoError
from product import Lockstep

HERE = Path(__file__).resolve().parent

#: The points on the way of an event through an outbox (`CrashPoint` in Sources/Lockstep/Workers), and what they mean.
POINTS = {
    "appended": "before commit",
    "appendCommitted": "after commit, before wake",
    "claimed": "after claim",
    "publishing": "mid-publish",
    "published": "after publish, before confirm",
    "confirmed": "after confirm, before mark",
    "marking": "mid-mark",
    "marked": "after mark, before purge",
}
#: The points at which the core app dies, and not its relay.
OF_WRITERS = {"appended", "appendCommitted"}
#: In PostgreSQL the marks are one statement: there is no middle.
MISSING = {("postgres", "marking")}
#: A process is killed at one of its first passes, so that there is some work before.
PASSES = 5


@dataclass
class Deliveries:
    """What an office has counted."""

    changed: int
    #: Came after a younger one of its record, or beside one that it should have seen.
    out_of_order: int
    duplicates: int


class Lane:
    """One outbox, one point."""

    def __init__(self, kind: str, point: str, lockstep: Lockstep) -> None:
        self.kind = kind
        self.point = point
        self.name = f"{kind}-{point.lower()}"
        self.directory = lockstep.state / self.name
        self.lockstep = Lockstep(lockstep.binary, self.directory / "lockstep.yaml", lockstep.state, lockstep.processes)
        self.processes = lockstep.processes
        self.database: list[str] = []
        self.victim: subprocess.Popen[bytes] | None = None
        #: How often it was killed at its point since the last judgement.
        self.crashes = 0

    @property
    def kills_writer(self) -> bool:
        """Whether it is the core app that dies."""
        return self.point in OF_WRITERS

    @property
    def victim_name(self) -> str:
        """What the victim is called among the processes."""
        return f"{self.name}-victim"

    def set_up(self, server: PostgresServer | None) -> None:
        """Makes the database, its tables and the configuration."""
        self.directory.mkdir()
        if self.kind == "sqlite":
            address = str(self.directory / "core.sqlite")
            self.database = ["--sqlite", address]
        else:
            assert server is not None
            address = server.make(self.name)
            self.database = ["--postgres", address]
        self.lockstep.config.write_text(
            "broker: { url: \"${LOCKSTEP_BROKER_URL}\" }\n"
            f"origin: {self.name}\noutbox: {{ {self.kind}: \"{address}\", keep: 0s }}\n"
            "ledger: { publications: false }\n",
            encoding="utf-8",
        )
        self.processes.run(self.core_app("--install"))
        self.processes.run(self.lockstep.command("outbox", "install"))

    def core_app(self, *more: str) -> list[str]:
        """A command line of the core app."""
        return [sys.executable, "-B", str(HERE / "writer.py"), "--lane", self.name, *self.database, *more]

    def start_app(self) -> None:
        """Starts a core app that lives, beside the one that dies where it is the victim."""
        self.processes.start(f"{self.name}-app", self.core_app())

    def start_relay(self) -> None:
        """Starts a relay that lives."""
        self.processes.start(f"{self.name}-relay", self.lockstep.command("relay"))

    def start_victim(self, noise: random.Random, moment: Path | None = None) -> None:
        """Starts a process that is to die at the point, not before a file is there if one is named."""
        end = f"{self.point}:{noise.randint(1, PASSES)}" if moment is None else f"{self.point}:1:{moment}"
        if self.kills_writer:
            command = self.core_app("--crash", end, "--second")
        else:
            command = ["env", f"LOCKSTEP_CRASH={end}", *self.lockstep.command("relay")]
        self.victim = self.processes.start(self.victim_name, command)

    def has_died(self) -> bool:
        """Whether the victim is dead now; it is looked after no longer then.

        Raises where it ended otherwise.
        """
        if self.victim is None or self.victim.poll() is None:
            return False
        status = self.victim.returncode
        self.victim = None
        del self.processes.running[self.victim_name]
        if status != -signal.SIGKILL:
            log = self.processes.log(self.victim_name)
            raise DemoError(f"{self.name} ended with status {status}, and not at its point; see {log}")
        return True

    def check_file(self) -> None:
        """Raises where the database is damaged."""
        with closing(self.open()) as database:
            if not database.is_sound():
                raise DemoError(f"{self.name}: the database is damaged after a kill")

    def end_victim(self) -> None:
        """Kills the victim wherever it is."""
        if self.victim is not None:
            self.victim = None
            self.processes.kill(self.victim_name)

    def stop_app(self) -> None:
        """Ends the core app in good order."""
        self.stop(f"{self.name}-app")

    def stop_relay(self) -> None:
        """Ends the relay in good order."""
        self.stop(f"{self.name}-relay")

    def stop(self, name: str) -> None:
        """Asks a process to end."""
        process = self.processes.running.pop(name)
        process.terminate()
        if process.wait(30) != 0:
            raise DemoError(f"{name} ended with status {process.returncode}; see {self.processes.log(name)}")

    def open(self) -> Database:
        """A connection to the core app's database."""
        named = dict(zip(self.database[::2], self.database[1::2]))
        return open_database(named.get("--sqlite"), named.get("--postgres"))

    def keeps_up(self) -> bool:
        """Whether hardly anything waits in the outbox: its relay is at work."""
        with closing(self.open()) as database:
            return database.rows(database.waiting)[0][0] < 20

    def is_drained(self) -> bool:
        """Whether nothing waits in the outbox, and the office has all that was committed."""
        with closing(self.open()) as database:
            committed = database.rows("SELECT count(*) FROM changes")[0][0]
            waiting = database.rows(database.waiting)[0][0]
        return waiting == 0 and self.deliveries().changed >= committed

    def deliveries(self) -> Deliveries:
        """What the office has counted."""
        replica = f"file:{self.lockstep.database(self.name)}?mode=ro"
        with closing(sqlite3.connect(replica, uri=True, timeout=20)) as file:
            found = dict(file.execute("SELECT name, sum(count) FROM counters GROUP BY name"))
        out_of_order = found.get("merged", 0) + found.get("conflict", 0)
        duplicates = found.get("duplicate", 0) + found.get("superseded", 0)
        return Deliveries(found.get("applied", 0) + out_of_order, out_of_order, duplicates)

    def expected(self) -> checker.Records:
        """What the office must hold: what has committed, and nothing else."""
        records: checker.Records = {}
        with closing(self.open()) as database:
            for record, revision, number in database.rows("SELECT record, revision, number FROM changes"):
                records.setdefault(f"record/{record}", {"revision": 0})[f"r{revision}"] = number
            for record, revision in database.rows("SELECT record, revision FROM records WHERE revision > 0"):
                records[f"record/{record}"]["revision"] = revision
            stuck = database.rows(database.stuck)[0][0]
            sent = database.rows(database.sent)[0][0]
        committed = sum(len(record) - 1 for record in records.values())
        if stuck or sent != committed:
            raise DemoError(f"{self.name}: {committed} events committed, {sent} marked as sent, {stuck} as stuck")
        return records

    def judge(self) -> tuple[checker.Counts, Deliveries]:
        """What became of all that was committed so far."""
        judgement = checker.Judgement(lambda _: self.name)
        judgement.add(self.expected(), checker.records(self.lockstep_records()), set())
        return judgement.total, self.deliveries()

    def lockstep_records(self) -> str:
        """The records that the office holds."""
        command = [str(self.lockstep.binary), "office", self.name, "--records"]
        return self.processes.run([*command, "--config", str(self.lockstep.state / "lockstep.yaml")])
