#!/usr/bin/python3
"""Kills core apps and relays at every point of an outbox, again and again, and counts what was lost: nothing may be.

Run by `deploy/faults --crashes`, which installs what is missing and builds. Reads from top to bottom: `run` is the
story.
"""

import argparse
import os
import random
import signal
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Callable, NoReturn

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "burlington"))

from console import Console, table
from lanes import MISSING, POINTS, Lane
from postgres import PostgresServer
from processes import DemoError, Processes, is_alive, wait_until
from product import Lockstep
from soak import SETTLED, empty

#: The broker is killed so soon before or after a process at its point, in seconds.
WINDOW = 0.2
#: How long a process may take until it is at work or comes to its point, in seconds; a busy broker starts slowly.
PATIENCE = 180
TITLES = ["outbox", "killed", "broker", "crashes", "committed", "lost", "unexpected", "wrong", "out of order"]
TITLES += ["raw duplicates"]


class CrashRun:
    """One run."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self.options = options
        self.console = console
        self.noise = random.Random(options.seed)
        self.state: Path = options.state
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
        environment |= {"LOCKSTEP_STATE": str(self.state)}
        self.processes = Processes(self.state / "logs", environment)
        self.lockstep = Lockstep(
            options.lockstep.resolve(), self.state / "lockstep.yaml", self.state, self.processes)
        self.server: PostgresServer | None = None
        kinds = ["sqlite", "postgres"] if options.outbox == "both" else [options.outbox]
        self.lanes = [
            Lane(kind, point, self.lockstep) for kind in kinds for point in POINTS if (kind, point) not in MISSING
        ]
        self.rows: list[list[str]] = []
        self.is_clean = True
        self.worker_kills = 0
        self.judged: dict[str, tuple[int, int, int]] = {lane.name: (0, 0, 0) for lane in self.lanes}

    def run(self) -> bool:
        """Everything, up to the verdict."""
        self.set_up()
        began = time.monotonic()
        self.phase("undisturbed", self.crash_undisturbed)
        self.phase("killed", self.crash_with_broker)
        self.kill_workers()
        crashes, accepted = (sum(int(row[column].replace(",", "")) for row in self.rows) for column in (3, 4))
        self.console.plain(f"the offices' worker killed {self.worker_kills} times: every replica sound after each")
        verdict = "nothing lost, each effect once" if self.is_clean else "NOT what was committed"
        late = sum(int(row[TITLES.index("out of order")].replace(",", "")) for row in self.rows)
        self.console.plain(f"{late:,} events came to their office after a younger one of their record")
        self.console.plain(
            f"{crashes:,} crashes in {time.monotonic() - began:,.0f} s, {accepted:,} events committed: {verdict}")
        return self.is_clean

    def set_up(self) -> None:
        """Starts the servers and the offices' worker."""
        self.console.say(f"starting a private broker and {len(self.lanes)} offices, seed {self.options.seed}")
        if any(lane.kind == "postgres" for lane in self.lanes):
            self.server = PostgresServer(self.processes)
        offices = "".join(f"  {lane.name}: {{ events: [\"*.*.{lane.name}\"] }}\n" for lane in self.lanes)
        self.lockstep.config.write_text(
            "broker: { url: \"${LOCKSTEP_BROKER_URL}\", management: \"${LOCKSTEP_MANAGEMENT_URL}\" }\n"
            f"origin: core\nstate: \"{self.state}\"\noffices:\n{offices}",
            encoding="utf-8",
        )
        self.broker = self.lockstep.start_broker()
        self.lockstep.apply_topology()
        self.processes.start("offices", self.lockstep.command("worker", "--all"))
        self.processes.start("ledger", self.lockstep.command("ledger"))
        for lane in self.lanes:
            lane.set_up(self.server)
        time.sleep(SETTLED)

    def phase(self, broker: str, crash: Callable[[list[Lane]], None]) -> None:
        """Crashes all lanes so often as is asked for, some of them at a time, and judges them."""
        left = list(self.lanes)
        self.noise.shuffle(left)
        while left:
            lanes, left = left[: self.options.at_once], left[self.options.at_once :]
            for lane in lanes:
                lane.crashes = 0
                lane.start_app()
                if lane.kills_writer:
                    lane.start_relay()
            crash(lanes)
            for lane in lanes:
                lane.end_victim()
                lane.stop_app()
                if not lane.kills_writer:
                    lane.start_relay()
            self.drain(lanes)
            for lane in lanes:
                self.judge(lane, broker)
        order = list(POINTS.values())
        rows = [row for row in self.rows if row[2] == broker]
        rows.sort(key=lambda row: (row[0] != "SQLite", order.index(row[1])))
        self.console.plain()
        self.console.plain(table(TITLES, rows))
        self.console.plain()

    def drain(self, lanes: list[Lane]) -> None:
        """Waits until the offices have all that was committed, and ends the relays."""
        for lane in lanes:
            wait_until(lane.is_drained, 180, f"{lane.name} has sent and applied all", interval=0.2)
        wait_until(lambda: self.lockstep.backlog() == 0, 60, "empty queues", interval=1)
        for lane in lanes:
            lane.stop_relay()

    def crash_undisturbed(self, lanes: list[Lane]) -> None:
        """Kills at the point again and again."""
        heard = {lane.name: time.monotonic() for lane in lanes}
        while waiting := [lane for lane in lanes if lane.crashes < self.options.times]:
            for lane in waiting:
                if lane.victim is None:
                    lane.start_victim(self.noise)
                elif lane.has_died():
                    lane.check_file()
                    lane.crashes += 1
                    heard[lane.name] = time.monotonic()
                elif time.monotonic() - heard[lane.name] > PATIENCE:
                    raise DemoError(f"{lane.name} does not come to its point")
            self.show(lanes, "broker undisturbed")
            self.processes.check({lane.victim_name for lane in lanes})
            time.sleep(0.01)

    def crash_with_broker(self, lanes: list[Lane]) -> None:
        """Kills at the point, all lanes at the same time, and the broker just before or after it."""
        ends = self.end_of_phase()
        while time.monotonic() < ends and (waiting := [lane for lane in lanes if lane.crashes < self.options.times]):
            now = self.state / "now"
            now.unlink(missing_ok=True)
            for lane in waiting:
                lane.start_victim(self.noise, now)
            for lane in waiting:
                wait_until(lane.keeps_up, PATIENCE, f"{lane.name} is at work")
            died: dict[str, float] = {}

            def look() -> bool:
                died.update({lane.name: time.monotonic() for lane in waiting if lane.has_died()})
                return bool(died)

            now.touch()
            wait_until(look, PATIENCE, "a process comes to its point", interval=0.002)
            moment = time.monotonic() + self.noise.uniform(0, WINDOW)
            while time.monotonic() < moment:
                look()
                time.sleep(0.002)
            os.kill(self.broker.pid, signal.SIGKILL)
            killed = time.monotonic()
            while time.monotonic() < killed + WINDOW:
                look()
                time.sleep(0.002)
            for lane in waiting:
                lane.crashes += abs(died.get(lane.name, -1) - killed) <= WINDOW
                # One that has not come to its point in time is killed where it is, and does not count.
                lane.end_victim()
                lane.check_file()
            wait_until(lambda: not is_alive(self.broker.pid), 10, "the broker's end", interval=0.002)
            self.broker = self.lockstep.start_broker()
            self.show(lanes, "broker killed")
            self.processes.check({lane.victim_name for lane in lanes})

    def end_of_phase(self) -> float:
        """When a phase that begins now is to end at the latest."""
        return time.monotonic() + 60 * (self.options.minutes or 24 * 60)

    def kill_workers(self) -> None:
        """Kills the offices' worker under load, and looks at each replica that it leaves."""
        for lane in self.lanes:
            lane.start_app()
            lane.start_relay()
        ends = self.end_of_phase()
        while self.worker_kills < 2 * self.options.times and time.monotonic() < ends:
            self.worker_kills += 1
            time.sleep(self.noise.uniform(0.1, 0.8))
            self.processes.kill("offices")
            for lane in self.lanes:
                with closing(sqlite3.connect(f"file:{self.lockstep.database(lane.name)}?mode=ro", uri=True)) as replica:
                    if replica.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                        raise DemoError(f"{lane.name}'s replica is damaged after a kill")
            self.processes.start("offices", self.lockstep.command("worker", "--all"))
            self.console.status(self.worker_kills / 2 / self.options.times, f"{self.worker_kills} workers killed")
            self.processes.check()
        for lane in self.lanes:
            lane.stop_app()
        self.drain(self.lanes)
        for lane in self.lanes:
            self.is_clean = self.is_clean and lane.judge()[0].is_clean

    def show(self, lanes: list[Lane], what: str) -> None:
        """Says how far it is."""
        done = sum(min(lane.crashes, self.options.times) for lane in lanes)
        total = len(lanes) * self.options.times
        self.console.status(done / total, f"{done} of {total} crashes of {len(lanes)} outboxes, {what}")

    def judge(self, lane: Lane, broker: str) -> None:
        """Adds a line to the table: what this phase has brought."""
        counts, deliveries = lane.judge()
        accepted, late, duplicates = self.judged[lane.name]
        self.judged[lane.name] = (counts.accepted, deliveries.out_of_order, deliveries.duplicates)
        self.is_clean = self.is_clean and counts.is_clean
        numbers = [
            lane.crashes, counts.accepted - accepted, counts.lost, counts.unexpected, counts.wrong,
            deliveries.out_of_order - late, deliveries.duplicates - duplicates,
        ]
        kind = {"sqlite": "SQLite", "postgres": "PostgreSQL"}[lane.kind]
        self.rows.append([kind, POINTS[lane.point], broker, *(f"{number:,}" for number in numbers)])

    def clean_up(self) -> None:
        """Stops every process and the broker."""
        failed = self.processes.stop_all()
        if failed:
            self.console.say(f"did not end well: {', '.join(failed)}")
        if self.server is not None:
            self.server.remove()
        try:
            self.lockstep.broker("stop")
        except DemoError as error:
            self.console.say(str(error))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="deploy/faults --crashes", description=__doc__.splitlines()[0])
    parser.add_argument("--times", type=int, default=50, help="how often at each point, with and without broker (50)")
    limit = "kill broker and workers no longer than that each; what was done is judged"
    parser.add_argument("--minutes", type=float, help=limit)
    parser.add_argument("--seed", type=int, default=1, help="decides at which pass a process dies, and the broker when")
    parser.add_argument("--outbox", choices=["sqlite", "postgres", "both"], default="both", help="whose (both)")
    parser.add_argument("--at-once", type=int, default=15, help="how many outboxes are at work at a time (15)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where databases and logs go; emptied (state/soak)")
    parser.add_argument("--lockstep", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="caller", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.state = options.caller / options.state if options.state else HERE.parent.parent / "state" / "soak"
    return options


def stop(_number: int, _frame: object) -> NoReturn:
    """Turns a signal into an exception, so that everything is cleaned up."""
    raise KeyboardInterrupt


def main() -> int:
    """Runs, and cleans up whatever happens."""
    options = arguments()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    empty(options.state, options.lockstep)
    run = CrashRun(options, Console())
    try:
        return 0 if run.run() else 1
    except DemoError as error:
        run.console.say(str(error))
        return 1
    except KeyboardInterrupt:
        run.console.say("interrupted")
        return 130
    finally:
        run.clean_up()


if __name__ == "__main__":
    sys.exit(main())
