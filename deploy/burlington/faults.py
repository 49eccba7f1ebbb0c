"""What goes wrong in the demo. Each fault says what it did, in numbers, and raises if it did not come about."""

import contextlib
import json
import os
import signal
import sqlite3
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Iterator

from app import CoreApp
from console import Console
from expected import CITY_HALL, EVERYBODY, OFFICES, WAREHOUSE, Fields
from processes import DemoError, Processes, is_alive, wait_until
from product import Broker, Lockstep

HERE = Path(__file__).resolve().parent

#: Run by another process, so that the lock is as foreign to the worker as a person's SQL program would be.
LOCK = """
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
database.execute("BEGIN EXCLUSIVE")
print("locked", flush=True)
sys.stdin.read()
"""


class Faults:
    """Causes faults, and remembers what must come of them."""

    def __init__(self, lockstep: Lockstep, processes: Processes, console: Console) -> None:
        self.lockstep = lockstep
        self.processes = processes
        self.console = console
        #: How many dead letters of which class each office must have in the end.
        self.dead_letters: dict[str, Counter[str]] = {office: Counter() for office in EVERYBODY}

    def send_garbage(self, ward: str) -> None:
        """Sends messages that are no events the way that a ward's permits go."""
        sent = int(self.processes.run([sys.executable, str(HERE / "garbage.py"), f"permit.issued.{ward}"]))
        for office in (ward, CITY_HALL, WAREHOUSE):
            self.dead_letters[office]["undecodable"] += sent
        self.console.say(f"{sent} undecodable messages sent to {ward}, {CITY_HALL} and {WAREHOUSE}")

    def send_refused(self, event: Fields) -> None:
        """Puts an event into the outbox whose date is none: no calendar can show it. Any SQL program may do that."""
        with contextlib.closing(sqlite3.connect(self.lockstep.core_database, timeout=20)) as database, database:
            database.execute(
                "INSERT INTO lockstep_outbox (type, subject, scope, data) VALUES (?, ?, ?, ?)",
                [event["type"], event["subject"], event["scope"], json.dumps(event["data"])],
            )
        for office in (event["scope"], CITY_HALL):
            self.dead_letters[office]["refused"] += 1
        self.console.say(f"one event sent that {event['scope']} and {CITY_HALL} must refuse: its date is none")

    @contextlib.contextmanager
    def locked(self, office: str) -> Iterator[None]:
        """Locks an office's database from another process while the body runs."""
        database = self.lockstep.database(office)
        log = self.processes.log("lock")
        locker = self.processes.start("lock", [sys.executable, "-c", LOCK, str(database)], piped=True)
        wait_until(lambda: "locked" in log.read_text(), 30, f"locking {database}")
        started = time.monotonic()
        before = {name: self.lockstep.applied(name) for name in OFFICES}
        self.console.say(f"{office}'s database locked by process {locker.pid}, after {before[office]:,} events")
        yield
        after = {name: self.lockstep.applied(name) for name in OFFICES}
        assert locker.stdin is not None
        locker.stdin.close()
        locker.wait()
        others = sum(after[name] - before[name] for name in OFFICES if name != office)
        if after[office] != before[office]:
            raise DemoError(f"{office} applied events although its database was locked")
        if others == 0:
            raise DemoError(f"no office applied anything while {office} was locked: nothing flowed")
        self.console.say(
            f"{office}'s database free again after {time.monotonic() - started:.1f} s:"
            f" it applied 0 meanwhile, the other offices {others:,}"
        )

    def kill_worker(self, office: str) -> None:
        """Kills an office's worker in the middle of its work and starts it again."""
        worker = self.processes.running[office]
        self.processes.kill(office)
        applied = self.lockstep.applied(office)
        self.lockstep.start_worker(office)
        self.console.say(f"{office}'s worker (process {worker.pid}) killed after {applied:,} events; started again")
        wait_until(lambda: self.lockstep.applied(office) > applied, 60, f"{office}'s new worker applies events")

    def kill_app(self, app: CoreApp) -> None:
        """Kills the core app in the middle of its work and starts it again."""
        pid, written, records = app.kill()
        self.console.say(
            f"the core app (process {pid}) killed: {written:,} events and {records:,} records had committed together;"
            " started again"
        )

    def kill_relay(self) -> None:
        """Kills the relay in the middle of its work and starts it again."""
        relay = self.processes.running["relay"]
        self.processes.kill("relay")
        waiting = self.lockstep.outbox().waiting
        self.lockstep.start_relay()
        self.console.say(
            f"the relay (process {relay.pid}) killed with {waiting:,} rows waiting in the outbox; started again")

    def kill_broker(self, broker: Broker, app: CoreApp) -> float:
        """Kills the broker while events flow, starts it again, and returns how long it was away, in seconds."""
        os.kill(broker.pid, signal.SIGKILL)
        started = time.monotonic()
        wait_until(lambda: not is_alive(broker.pid), 10, "the broker's end")
        applied = sum(self.lockstep.applied(office) for office in OFFICES)
        self.console.say(
            f"the broker (process {broker.pid}) killed after {applied:,} deliveries were applied,"
            f" with {app.steps - app.written:,} events still to be written"
        )
        app.allow(1)
        wait_until(lambda: app.has_written(0.9), 60, "the core app goes on while the broker is away")
        self.kill_app(app)
        again = self.lockstep.start_broker()
        away = time.monotonic() - started
        if again.pid == broker.pid or again.amqp != broker.amqp:
            raise DemoError("the broker did not come back where it was")
        self.console.say(
            f"the broker is back after {away:.1f} s; {self.lockstep.outbox().waiting:,} rows wait in the outbox")
        return away
