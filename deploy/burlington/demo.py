#!/usr/bin/python3
"""A core app's permits reach six ward offices and city-hall, while much goes wrong; then every field is compared.

Run by deploy/demo, which installs what is missing and builds. Reads from top to bottom: `run` is the story.
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Callable, NoReturn

import history
import report
from app import CoreApp, set_up
from console import Console
from expected import CITY_HALL, EVERYBODY, OFFICES, SUBSCRIBERS, WARDS, expected_offices, read_json
from faults import Faults
from processes import DemoError, Processes, wait_until
from product import Broker, Lockstep
from subscriptions import Subscribers
from verify import Difference

HERE = Path(__file__).resolve().parent
#: How long the demo may take, in seconds. What an office had in hand when the broker died comes back one at a time: with
#: some two thousand posts of which one in twenty goes wrong, and each holds up the rest for a second, that takes long.
LIMIT = 240
#: How long the ward's database stays locked: longer than a worker waits for a lock.
LOCKED = 8.0
#: Management looks at its queues every five seconds; so long empty, they are.
SURELY_EMPTY = 12.0
#: Marks a directory as the demo's: it may be emptied.
MARK = ".lockstep-demo"
#: The ward whose database is locked, and the ward that garbage is sent to.
LOCKED_WARD, GARBAGE_WARD = "ward-4", "ward-5"


class Demo:
    """One run."""

    def __init__(self, arguments: argparse.Namespace, console: Console) -> None:
        self.console = console
        self.state: Path = arguments.state.resolve()
        self.keep: bool = arguments.keep
        self.seed: int = arguments.seed
        self.noise = random.Random(arguments.seed)
        self.started = time.monotonic()
        self.expected = expected_offices()
        self.deliveries = sum(office.deliveries for office in self.expected.values())
        # What the caller has set for another Lockstep is not for this one.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
        environment |= {"LOCKSTEP_STATE": str(self.state), "LOCKSTEP_DEMO_SEED": str(arguments.seed)}
        self.processes = Processes(self.state / "logs", environment)
        self.lockstep = Lockstep(arguments.lockstep.resolve(), HERE / "lockstep.yaml", self.state, self.processes)
        self.faults = Faults(self.lockstep, self.processes, console)
        self.subscribers = Subscribers(self.processes, self.state)
        #: Moments (seconds) and how many events city-hall, and deliveries all offices, had applied then.
        self.samples: list[tuple[float, int, int]] = []

    def run(self) -> bool:
        """Everything, up to the verdict."""
        console, faults = self.console, self.faults
        broker = self.start_broker()
        self.subscribers.start(self.seed)
        self.lockstep.apply_topology()
        set_up(self.lockstep)
        for office in OFFICES:
            self.lockstep.start_worker(office)
        self.lockstep.start_workers("subscribers", list(SUBSCRIBERS))
        self.lockstep.start_ledger()
        self.lockstep.start_relay()
        steps = self.write_history()
        console.say(
            f"{len(OFFICES)} workers, one more for {', '.join(SUBSCRIBERS)}, the ledger and the relay started; the core"
            f" app writes {steps:,} events to its own database: {self.deliveries:,} deliveries"
        )

        published_from = time.monotonic()
        app = CoreApp(self.lockstep, steps)
        app.allow(0.2)
        self.wait(lambda: self.lockstep.applied(CITY_HALL) >= app.allowed, "publishing")
        undisturbed = len(self.samples)
        app.allow(0.6)
        self.watch(app, until=0.3)
        faults.kill_app(app)
        self.watch(app, until=0.4)
        faults.kill_relay()
        faults.send_garbage(GARBAGE_WARD)
        faults.send_refused(read_json("refused.json"))
        self.subscribers.forge()
        console.say("one record posted to the registry that a stranger signed; it was turned away")
        with faults.locked(LOCKED_WARD):
            locked_until = time.monotonic() + LOCKED
            app.allow(0.75)
            self.watch(app, until=0.55)
            faults.kill_app(app)
            faults.kill_worker(self.noise.choice([ward for ward in WARDS if ward != LOCKED_WARD]))
            self.wait(lambda: time.monotonic() > locked_until, "the lock's end")
        app.allow(0.8)
        self.watch(app, until=0.78)
        away = faults.kill_broker(broker, app)
        app.finish(self.time_left())
        console.say(f"all {steps + 1:,} events of the outbox published and confirmed")
        self.wait_for_empty_queues()
        applied_at = time.monotonic()
        console.say("every queue is empty")
        self.wait_for_ledger()

        return self.judge(steps + 1, applied_at - published_from, away, undisturbed)

    def start_broker(self) -> Broker:
        """Starts the private broker."""
        self.console.say("starting a private broker")
        broker = self.lockstep.start_broker()
        self.console.say(f"broker started (process {broker.pid}); management page: {broker.management}")
        return broker

    def write_history(self) -> int:
        """Writes the history to a file for people to look at, and returns how many events it has."""
        with (self.state / "events.ndjson").open("w", encoding="utf-8") as output:
            return history.write(output)

    def watch(self, app: CoreApp, until: float) -> None:
        """Waits until so much of the history has been written, and offices have applied some of it."""
        self.wait(lambda: app.has_written(until) and self.lockstep.applied(CITY_HALL) > 0, "publishing")

    def wait_for_ledger(self) -> None:
        """Waits until the ledger knows of all what the offices say; if it never does, the table says so."""
        deadline = time.monotonic() + SURELY_EMPTY

        def is_told() -> bool:
            silent = sum(office.silent + office.waiting for office in self.lockstep.standings().values())
            return silent == 0 or time.monotonic() > deadline

        self.wait(is_told, "the offices' reports")

    def wait_for_empty_queues(self) -> None:
        """Waits until the broker holds nothing more and every office has taken in all that concerns it.

        Where something is missing although the queues stay empty, nothing can come any more: the comparison will say
        what it is.
        """
        empty_since = time.monotonic()

        def nothing_flows() -> bool:
            nonlocal empty_since
            if self.lockstep.backlog() != 0:
                empty_since = time.monotonic()
                return False
            arrived = all(self.lockstep.applied(name) >= office.deliveries for name, office in self.expected.items())
            return arrived or time.monotonic() - empty_since > SURELY_EMPTY

        self.wait(nothing_flows, "empty queues")

    def wait(self, condition: Callable[[], bool], what: str) -> None:
        """Waits for a condition, and meanwhile shows and notes how far the offices are."""

        def look() -> bool:
            self.processes.check()
            applied = {office: self.lockstep.applied(office) for office in EVERYBODY}
            total = sum(applied.values())
            self.samples.append((time.monotonic(), applied[CITY_HALL], total))
            self.console.status(total / self.deliveries, f"{total:,} of {self.deliveries:,} deliveries applied")
            return condition()

        wait_until(look, self.time_left(), what)

    def time_left(self) -> float:
        """How long the demo may still take."""
        return max(1.0, self.started + LIMIT - time.monotonic())

    def judge(self, events: int, seconds: float, away: float, undisturbed: int) -> bool:
        """Prints the table, the figures and the verdict."""
        console = self.console
        counters = {office: self.lockstep.counters(office) for office in EVERYBODY}
        dead = report.dead_letters(self.lockstep)
        standings = self.lockstep.standings()
        found = report.differences(self.lockstep, self.expected, counters, dead, self.faults.dead_letters)
        found += report.ledger_differences(standings, self.expected, counters)
        found += report.core_differences(self.lockstep, self.expected, events)
        found += self.subscribers.differences(self.expected)
        if counters[LOCKED_WARD].retried == 0:
            found.append(Difference(LOCKED_WARD, "counters", "retried", "more than 0", 0))
        console.plain()
        console.plain(report.office_table(standings, counters, dead))
        console.plain(self.subscribers.summary())
        console.plain()
        console.plain(
            f"end to end {events / seconds:,.0f} events/s ({self.deliveries / seconds:,.0f} deliveries/s) over"
            f" {seconds:.1f} s, of which the broker was away {away:.1f} s and {LOCKED_WARD} locked {LOCKED:.0f} s"
        )
        console.plain(report.rate("undisturbed, before the first fault:", self.samples[:undisturbed]))
        report.verdict(console, found, self.expected)
        return not found

    def clean_up(self) -> None:
        """Stops every process, and the broker unless it is to be kept."""
        failed = self.processes.stop_all()
        if failed:
            self.console.say(f"did not end well: {', '.join(failed)}")
        try:
            if not self.keep:
                self.lockstep.broker("stop")
                return
            broker = self.lockstep.broker_status()
        except DemoError as error:
            self.console.say(str(error))
            return
        self.console.plain(f"the broker goes on; management page: {broker.management} (guest, guest)")
        self.console.plain(f"to stop it: {self.lockstep.binary} broker stop --state {self.state}")


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="deploy/demo", description=__doc__.splitlines()[0])
    parser.add_argument("--keep", action="store_true", help="leave the broker running, to look at its management page")
    parser.add_argument("--seed", type=int, default=1, help="decides which worker is killed, and the garbage's bytes")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where databases and logs go; emptied")
    parser.add_argument("--lockstep", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


def empty(state: Path, lockstep: Path) -> None:
    """Empties what an earlier demo left; its broker, if it was kept, ends. Never touches anything else."""
    mark = state / MARK
    if mark.exists():
        subprocess.run([lockstep, "broker", "stop", "--state", state], capture_output=True, check=False)
        shutil.rmtree(state)
    elif state.exists() and any(state.iterdir()):
        raise DemoError(f"{state} holds something that is not the demo's; name another directory with --state")
    state.mkdir(parents=True, exist_ok=True)
    mark.touch()


def stop(number: int, _frame: object) -> NoReturn:
    """Turns a signal into an exception, so that everything is cleaned up."""
    raise KeyboardInterrupt(signal.Signals(number).name)


def conduct(options: argparse.Namespace, make: Callable[[argparse.Namespace, Console], Any]) -> int:
    """Runs a demo and cleans up; the exit status says whether all was as it must be."""
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    console = Console()
    try:
        empty(options.state, options.lockstep)
    except (DemoError, OSError) as error:
        console.plain(f"deploy/demo: {error}")
        return 2
    demo = make(options, console)
    in_lockstep = False
    try:
        in_lockstep = demo.run()
    except KeyboardInterrupt:
        console.say("interrupted")
    except DemoError as error:
        console.say(f"failed: {error}")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        demo.clean_up()
    if not in_lockstep:
        console.plain(f"the logs are in {demo.processes.logs}")
    return 0 if in_lockstep else 1


if __name__ == "__main__":
    sys.exit(conduct(arguments(), Demo))
