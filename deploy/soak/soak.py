#!/usr/bin/python3
"""Ten offices receive a hundred thousand events while broker, workers and publisher are killed, frozen and cut off.

Run by deploy/faults, which installs what is missing and builds. Reads from top to bottom: `run` is the story.
"""

import argparse
import os
import random
import shutil
import sqlite3
import statistics
import sys
import time
from collections import defaultdict
from contextlib import closing
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What starts and stops processes and reads the command's answers is the demo's.
sys.path.append(str(HERE.parent / "burlington"))

import checker
from console import Console, table
from faults import Faults
from processes import DemoError, Processes, wait_until
from product import Lockstep
from workload import OFFICES, Workload, event_id

#: How long the offices may take after a fault until all of them take in something new, in seconds.
RECOVERY_LIMIT = 180
#: RabbitMQ 3.10 may lose a queue where it is killed right after the queue was declared.
SETTLED = 5
TITLES = ["fault", "times", "accepted", "applied", "dead", "lost", "wrong", "raw duplicates", "recovery p50", "worst"]
#: Marks a directory as the soak's: it may be emptied.
MARK = ".lockstep-soak"


class Soak:
    """One run."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self.options = options
        self.console = console
        self.noise = random.Random(options.seed)
        self.state: Path = options.state
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
        environment |= {"LOCKSTEP_STATE": str(self.state)}
        self.processes = Processes(self.state / "logs", environment)
        self.lockstep = Lockstep(options.lockstep.resolve(), HERE / "lockstep.yaml", self.state, self.processes)
        #: Seconds from a fault's end until every office took in something new, by the fault's name.
        self.recoveries: dict[str, list[float]] = defaultdict(list)
        #: Deliveries that changed nothing, by the name of the fault after which they were counted.
        self.duplicates: dict[str, int] = defaultdict(int)

    def run(self) -> bool:
        """Everything, up to the verdict."""
        workload = Workload.make(self.options.events, self.noise)
        self.console.say("starting a private broker and ten workers")
        faults = Faults(self.lockstep, self.processes, self.lockstep.start_broker(), self.noise)
        self.lockstep.apply_topology()
        for office in OFFICES:
            self.lockstep.start_worker(office)
        time.sleep(SETTLED)
        self.recover("nothing")

        plan = faults.plan(self.options.kills)
        self.console.say(f"{len(workload.lines):,} events, {len(plan)} faults, seed {self.options.seed}")
        started = time.monotonic()
        for done, (fault, lines) in enumerate(zip(plan, workload.shares(len(plan)))):
            if self.options.minutes and time.monotonic() - started > self.options.minutes * 60:
                self.console.say(f"the time is over after {done} of {len(plan)} faults")
                plan[done:] = ["nothing"] * (len(plan) - done)
                faults.publish([line for share in workload.shares(len(plan))[done:] for line in share])
                faults.finish()
                break
            faults.publish(lines)
            # Somewhere between the publisher's start and the last of what is published meanwhile.
            time.sleep(self.noise.uniform(0, 0.5))
            faults.cause(fault)
            self.recover(fault)
            faults.finish()
            self.count_duplicates(fault)
            self.processes.check()
            self.console.status((done + 1) / len(plan), f"{done + 1} of {len(plan)} faults, last: {fault}")
        published = time.monotonic() - started
        wait_until(lambda: self.lockstep.backlog() == 0, 300, "empty queues", interval=1)
        self.count_duplicates("nothing")
        return self.judge(workload, plan, published)

    def recover(self, fault: str) -> None:
        """Waits until every office has taken in a mark that was published after the fault."""
        began = time.monotonic()
        subject = f"mark/{fault.replace(' ', '-')}-{len(self.recoveries[fault])}"
        command = self.lockstep.command("publish", "mark.made", "--about", subject, "{}")
        self.processes.run(command, RECOVERY_LIMIT)
        left = set(OFFICES)

        def arrived() -> bool:
            left.difference_update([office for office in left if self.holds(office, subject)])
            return not left

        try:
            wait_until(arrived, RECOVERY_LIMIT, f"recovery after: {fault}")
        except DemoError as error:
            raise DemoError(f"{error}; still waiting: {', '.join(sorted(left))}; see {self.state / 'logs'}") from error
        self.recoveries[fault].append(time.monotonic() - began)

    def holds(self, office: str, subject: str) -> bool:
        """Whether an office has a record."""
        try:
            with closing(sqlite3.connect(f"file:{self.lockstep.database(office)}?mode=ro", uri=True)) as database:
                return database.execute("SELECT 1 FROM records WHERE subject = ?", [subject]).fetchone() is not None
        except sqlite3.OperationalError:
            return False  # It is just being made, or locked.

    def count_duplicates(self, fault: str) -> None:
        """Notes the duplicates since the last count."""
        total = sum(self.lockstep.duplicates(office) for office in OFFICES)
        self.duplicates[fault] += total - sum(self.duplicates.values())

    def judge(self, workload: Workload, plan: list[str], seconds: float) -> bool:
        """Prints the table and the verdict."""
        shares = workload.shares(len(plan))
        faults = [fault for fault, share in zip(plan, shares) for _ in share]
        numbers = {event_id(number): number for number in range(len(faults))}
        # A dead letter that is none of the soak's events is one that nobody published.
        judgement = checker.Judgement(lambda number: faults[number] if 0 <= number < len(faults) else "nothing")
        for office in OFFICES:
            dead = {numbers.get(letter, -1) for letter in self.lockstep.dead_letter_ids(office)}
            judgement.add(workload.expected(office), checker.records(self.lockstep.records(office)), dead)
        self.console.plain()
        self.console.plain(table(TITLES, [self.row(name, judgement) for name in sorted(self.recoveries)]))
        self.console.plain()
        total = judgement.total
        self.console.plain(
            f"{len(workload.lines):,} events published in {seconds:,.0f} s; deliveries: {total.accepted:,} accepted,"
            f" {total.applied:,} applied, {total.dead:,} dead, {total.lost:,} lost, {total.unexpected:,} unexpected,"
            f" {total.wrong:,} records wrong; {sum(self.duplicates.values()):,} raw duplicates"
        )
        self.console.plain("nothing lost, nothing wrong" if total.is_clean else "NOT what was accepted")
        return total.is_clean

    def row(self, fault: str, judgement: checker.Judgement) -> list[str]:
        """A line of the table: what became of the events that were published during these faults."""
        counts, times = judgement.by_fault[fault], self.recoveries[fault]
        numbers = [counts.accepted, counts.applied, counts.dead, counts.lost, counts.wrong, self.duplicates[fault]]
        seconds = [statistics.median(times), max(times)]
        return [fault, str(len(times)), *(f"{number:,}" for number in numbers), *(f"{time:.1f} s" for time in seconds)]

    def clean_up(self) -> None:
        """Stops every process and the broker."""
        failed = self.processes.stop_all()
        if failed:
            self.console.say(f"did not end well: {', '.join(failed)}")
        try:
            self.lockstep.broker("stop")
        except DemoError as error:
            self.console.say(str(error))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="deploy/faults", description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, help="stop causing faults after so long; the rest is published, too")
    parser.add_argument("--seed", type=int, default=1, help="decides the events, and the faults and their order")
    parser.add_argument("--events", type=int, default=100_000, help="how many events are published (100000)")
    parser.add_argument("--kills", type=int, default=50, help="how often each kind of process is killed (50)")
    parser.add_argument("--state", type=Path, metavar="DIR", help="where databases and logs go; emptied (state/soak)")
    parser.add_argument("--lockstep", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="caller", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    options.state = options.caller / options.state if options.state else HERE.parent.parent / "state" / "soak"
    return options


def empty(state: Path, lockstep: Path) -> None:
    """Empties what an earlier soak left. Never touches anything else."""
    if (state / MARK).exists():
        Processes(state / "logs", dict(os.environ)).run([str(lockstep), "broker", "stop", "--state", str(state)])
        shutil.rmtree(state)
    elif state.exists() and any(state.iterdir()):
        sys.exit(f"{state} is not empty and not a soak's; name another directory by --state")
    state.mkdir(parents=True)
    (state / MARK).touch()


def main() -> int:
    """Runs the soak, and cleans up whatever happens."""
    options = arguments()
    empty(options.state, options.lockstep)
    soak = Soak(options, Console())
    try:
        return 0 if soak.run() else 1
    except DemoError as error:
        soak.console.say(str(error))
        return 1
    except KeyboardInterrupt:
        soak.console.say("interrupted")
        return 130
    finally:
        soak.clean_up()


if __name__ == "__main__":
    sys.exit(main())
