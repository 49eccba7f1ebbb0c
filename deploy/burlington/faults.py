"""What goes wrong in the demo. Each fault says what it did, in numbers, and raises if it did not come about."""

import contextlib
import os
import signal
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Iterator

from console import Console
from expected import CITY_HALL, OFFICES, Fields
from feed import Feed
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
        self.dead_letters: dict[str, Counter[str]] = {office: Counter() for office in OFFICES}

    def send_garbage(self, ward: str) -> None:
        """Sends messages that are no events the way that a ward's permits go."""
        sent = int(self.processes.run([sys.executable, str(HERE / "garbage.py"), f"permit.issued.{ward}"]))
        for office in (ward, CITY_HALL):
            self.dead_letters[office]["undecodable"] += sent
        self.console.say(f"{sent} undecodable messages sent to {ward} and {CITY_HALL}")

    def send_refused(self, event: Fields) -> None:
        """Publishes an event whose date is none: no calendar can show it."""
        self.lockstep.publish(event)
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

    def kill_broker(self, broker: Broker, feed: Feed) -> float:
        """Kills the broker while events flow, starts it again, and returns how long it was away, in seconds."""
        os.kill(broker.pid, signal.SIGKILL)
        started = time.monotonic()
        feed.allow(1)
        wait_until(lambda: not is_alive(broker.pid), 10, "the broker's end")
        applied = sum(self.lockstep.applied(office) for office in OFFICES)
        self.console.say(
            f"the broker (process {broker.pid}) killed after {applied:,} deliveries were applied,"
            f" with {len(feed.lines) - feed.written:,} events still to publish"
        )
        again = self.lockstep.start_broker()
        away = time.monotonic() - started
        if again.pid == broker.pid or again.amqp != broker.amqp:
            raise DemoError("the broker did not come back where it was")
        self.console.say(f"the broker is back after {away:.1f} s")
        return away
