"""The processes that the demo starts: each has a log, and each is stopped by its id, however the demo ends."""

import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable, Container


class DemoError(Exception):
    """The demo cannot go on; the message says why and what to look at."""


class Processes:
    """Starts processes and remembers them until they are stopped."""

    def __init__(self, logs: Path, environment: dict[str, str]) -> None:
        self.logs = logs
        self.environment = environment
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        logs.mkdir(parents=True, exist_ok=True)

    def start(self, name: str, command: list[str], piped: bool = False) -> subprocess.Popen[bytes]:
        """Starts a process whose output is added to `<name>.log`; with `piped`, its input is a pipe."""
        with self.log(name).open("ab") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE if piped else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                # Ctrl-C is for the demo alone, which then stops the others in order.
                start_new_session=True,
            )
        self.running[name] = process
        return process

    def run(self, command: list[str], limit: float = 60, accepted: tuple[int, ...] = (0,)) -> str:
        """Runs a command to its end and returns what it printed; raises where its exit status is none of these."""
        try:
            done = subprocess.run(
                command, env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit
            )
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"`{brief(command)}` took more than {limit:.0f} s") from error
        if done.returncode not in accepted:
            raise DemoError(f"`{brief(command)}` ended with status {done.returncode}: {done.stderr.strip()[-600:]}")
        return done.stdout

    def log(self, name: str) -> Path:
        """Where a process's output goes."""
        return self.logs / f"{name}.log"

    def kill(self, name: str) -> None:
        """Ends a process at once, as a crash would."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def check(self, spared: Container[str] = ()) -> None:
        """Raises if a process has ended that should be running; the spared ones may."""
        for name, process in self.running.items():
            if name not in spared and process.poll() not in (None, 0):
                raise DemoError(f"{name} ended by itself with status {process.returncode}; see {self.log(name)}")

    def stop_all(self, limit: float = 10) -> list[str]:
        """Asks all to stop, kills those that do not in time, and returns the names of those that did not end well."""
        for process in self.running.values():
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + limit
        failed: list[str] = []
        for name, process in self.running.items():
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.returncode != 0:
                failed.append(f"{name} (status {process.returncode})")
        self.running.clear()
        return failed


def wait_until(condition: Callable[[], bool], limit: float, what: str, interval: float = 0.05) -> None:
    """Waits for a condition, looking again and again; raises if it does not come true in time."""
    deadline = time.monotonic() + limit
    while not condition():
        if time.monotonic() > deadline:
            raise DemoError(f"{what}: not within {limit:.0f} s")
        time.sleep(interval)


def is_alive(pid: int) -> bool:
    """Whether a process runs."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def brief(command: list[str]) -> str:
    """A command for a message, without its path and its long arguments."""
    words = [Path(command[0]).name, *command[1:]]
    return " ".join(word if len(word) < 60 else "…" for word in words)
