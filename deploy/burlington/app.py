"""Runs the core app, no further than the demo allows, and kills it."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from processes import DemoError, wait_until
from product import Lockstep


PROGRAM = Path(__file__).resolve().parent / "core_app.py"


def set_up(lockstep: Lockstep) -> None:
    """Has the core app make its own tables, and adds the outbox's."""
    lockstep.processes.run(command(lockstep))
    lockstep.install_outbox()


def command(lockstep: Lockstep) -> list[str]:
    """The core app's command line."""
    return [sys.executable, "-B", str(PROGRAM), str(lockstep.core_database)]


class CoreApp:
    """The program that writes permits and outbox rows, and knows by its database how far it is."""

    def __init__(self, lockstep: Lockstep, steps: int) -> None:
        self.lockstep = lockstep
        self.processes = lockstep.processes
        self.steps = steps
        self.allowed = 0
        self.process = self.start()

    @property
    def database(self) -> Path:
        """Its own database."""
        return self.lockstep.core_database

    def start(self) -> subprocess.Popen[bytes]:
        """Starts it; it goes on where its database says that it was."""
        process = self.processes.start("core-app", command(self.lockstep), piped=True)
        self.process = process
        self.allow(self.allowed / self.steps)
        return process

    def allow(self, fraction: float) -> None:
        """Lets it go on up to a fraction of the history."""
        self.allowed = int(self.steps * fraction)
        assert self.process.stdin is not None
        self.process.stdin.write(b"%d\n" % self.allowed)
        self.process.stdin.flush()

    @property
    def written(self) -> int:
        """How many events it has committed."""
        try:
            with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)) as database:
                return int(database.execute("SELECT written FROM progress").fetchone()[0])
        except sqlite3.OperationalError:
            return 0  # It is just making its tables.

    def has_written(self, fraction: float) -> bool:
        """Whether so much of the history has been committed."""
        return self.written >= int(self.steps * fraction)

    def kill(self) -> tuple[int, int, int]:
        """Kills it, starts it again, and returns its process id and how many events and permits had committed."""
        pid = self.process.pid
        self.processes.kill("core-app")
        with closing(sqlite3.connect(self.database, timeout=20)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            written = int(database.execute("SELECT written FROM progress").fetchone()[0])
            permits = int(database.execute("SELECT count(*) FROM permits").fetchone()[0])
        if not sound:
            raise DemoError("the core app's database is damaged after a kill")
        self.start()
        return pid, written, permits

    def finish(self, limit: float) -> None:
        """Waits until it has written all and has ended, and the relay has had all of it confirmed."""
        self.allow(1)
        wait_until(lambda: self.has_written(1), limit, "the core app writes all")
        process = self.processes.running.pop("core-app")
        assert process.stdin is not None
        process.stdin.close()
        if process.wait(10) != 0:
            raise DemoError(f"the core app ended with status {process.returncode}")
        wait_until(lambda: self.lockstep.outbox().waiting == 0, limit, "the relay publishes all", interval=0.3)
