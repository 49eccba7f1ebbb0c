"""What goes wrong in the soak. Each fault returns when it is over: from then on recovery is timed."""

import base64
import json
import os
import random
import signal
import sqlite3
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import closing
from typing import Callable

from feed import Feed
from processes import DemoError, Processes, is_alive, wait_until
from product import Broker, Lockstep
from workload import OFFICES

#: How a command ends that does not find the broker (EX_UNAVAILABLE of sysexits.h).
UNAVAILABLE = 69


class Faults:
    """Causes faults."""

    def __init__(self, lockstep: Lockstep, processes: Processes, broker: Broker, noise: random.Random) -> None:
        self.lockstep = lockstep
        self.processes = processes
        self.broker = broker
        self.noise = noise
        #: What is being published.
        self.lines: list[bytes] = []
        self.feed: Feed | None = None

    def plan(self, kills: int) -> list[str]:
        """The names of faults, in a random order: so many kills of each process, and a few of the others."""
        others = max(1, kills // 10)
        plan = ["broker killed", "worker killed", "publisher killed"] * kills
        plan += ["broker frozen", "worker frozen", "connections cut", "database locked"] * others
        self.noise.shuffle(plan)
        return plan

    def cause(self, name: str) -> None:
        """Causes a fault, and ends it."""
        causes: dict[str, Callable[[], None]] = {
            "broker killed": self.kill_broker,
            "worker killed": self.kill_worker,
            "publisher killed": self.kill_publisher,
            "broker frozen": self.freeze_broker,
            "worker frozen": self.freeze_worker,
            "connections cut": self.cut_connections,
            "database locked": self.lock_database,
        }
        causes[name]()

    def publish(self, lines: list[bytes]) -> None:
        """Begins to publish; the last lines are kept back until ``finish``, so that the publisher runs that long."""
        self.lines = lines
        self.feed = Feed(self.lockstep.start_publisher(), lines)
        self.feed.allow(0.9)

    def finish(self) -> None:
        """Publishes the rest: the publisher's end is its word that all of it was confirmed.

        One that was not connected yet when the broker went away has given up, and another takes its place.
        """
        assert self.feed is not None
        if self.feed.end(300) != UNAVAILABLE:
            return self.feed.finish(0)
        self.publish(self.lines)
        self.feed.finish(300)

    def kill_publisher(self) -> None:
        """Kills the publisher and starts another.

        What the first one had confirmed nobody knows, so everything since the last one ended is published again.
        """
        assert self.feed is not None
        self.processes.kill("publish")
        self.feed.allow(1)  # Its thread finds the pipe broken, and ends.
        self.publish(self.lines)

    def kill_broker(self) -> None:
        """Kills the broker and starts it again."""
        pid = self.broker.pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not is_alive(pid), 10, "the broker's end")
        self.broker = self.lockstep.start_broker()

    def kill_worker(self) -> None:
        """Kills a worker and starts it again."""
        office = self.noise.choice(OFFICES)
        self.processes.kill(office)
        self.lockstep.start_worker(office)

    def freeze_broker(self) -> None:
        """Stops the broker's process for a while; longer than clients wait for a heartbeat, or shorter."""
        self.freeze(self.broker.pid, self.noise.choice([6, 25]))

    def freeze_worker(self) -> None:
        """Stops a worker's process for a while."""
        self.freeze(self.processes.running[self.noise.choice(OFFICES)].pid, self.noise.choice([5, 25]))

    def freeze(self, pid: int, seconds: float) -> None:
        """Stops a process and lets it go on."""
        os.kill(pid, signal.SIGSTOP)
        try:
            time.sleep(seconds)
        finally:
            os.kill(pid, signal.SIGCONT)

    def lock_database(self) -> None:
        """Locks an office's database for longer than its worker waits for a lock."""
        file = self.lockstep.database(self.noise.choice(OFFICES))
        with closing(sqlite3.connect(file, timeout=20, isolation_level=None)) as database:
            database.execute("BEGIN EXCLUSIVE")
            time.sleep(8)

    def cut_connections(self) -> None:
        """Closes every client's connection, by RabbitMQ's management."""
        names = [connection["name"] for connection in json.loads(self.manage("GET", "connections"))]
        if not names:
            raise DemoError("RabbitMQ's management knows of no connection, although workers are running")
        for name in names:
            try:
                self.manage("DELETE", f"connections/{urllib.parse.quote(name, safe='')}")
            except urllib.error.HTTPError as error:
                if error.code != 404:  # It has gone by itself.
                    raise

    def manage(self, method: str, path: str) -> bytes:
        """Asks RabbitMQ's management."""
        request = urllib.request.Request(f"{self.broker.management}api/{path}", method=method)
        request.add_header("Authorization", "Basic " + base64.b64encode(b"guest:guest").decode())
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.read()
