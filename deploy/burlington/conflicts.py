#!/usr/bin/python3
"""Two wards and city hall edit and book while they are cut off from the broker; then all of them hold the same.

Run by deploy/demo --conflicts, which installs what is missing and builds. Reads from top to bottom: `run` is the story.
"""

import argparse
import json
import os
import random
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import clocks
import history
import partition
from console import Console, table
from demo import conduct
from partition import OFFICES, Edit, Outcome
from processes import DemoError, Processes, wait_until
from product import ATTENTION, Lockstep

HERE = Path(__file__).resolve().parent
#: How long the demo may take, in seconds.
LIMIT = 150
#: How many of the city's permits it is about.
PERMITS = 60


class PartitionDemo:
    """One run."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self.console = console
        self.state: Path = options.state.resolve()
        self.noise = random.Random(options.seed)
        self.started = time.monotonic()
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
        environment |= {"LOCKSTEP_STATE": str(self.state)}
        self.processes = Processes(self.state / "logs", environment)
        self.lockstep = Lockstep(options.lockstep.resolve(), HERE / "conflicts.yaml", self.state, self.processes)
        self.found: list[str] = []

    def run(self) -> bool:
        """Everything, up to the verdict."""
        say, lockstep = self.console.say, self.lockstep
        say("starting a private broker")
        lockstep.start_broker()
        lockstep.apply_topology()
        for office in OFFICES:
            lockstep.start_worker(office)
        lockstep.start_ledger()
        subjects = self.publish_permits()
        self.wait(lambda: all(len(self.records(office)) == len(subjects) for office in OFFICES), "the permits")
        say(f"{len(subjects)} permits are in all three offices")

        lockstep.broker("stop")
        say("the broker is gone; the offices go on, their clocks two minutes apart")
        edits = partition.plan(subjects, self.noise)
        self.make(edits)
        different = self.differing()
        expected = partition.outcome(edits)
        say(f"{len(edits)} edits are made: {different} of {len(subjects)} permits differ between the offices")

        lockstep.start_broker()
        say("the broker is back")
        self.wait(lambda: self.differing() == 0 and self.is_settled(), "all offices to hold the same")
        say("the replicas are identical, byte for byte")
        self.compare(expected)
        self.print_tables(edits, expected)
        self.resolve(expected)
        self.report()
        return self.judge()

    def publish_permits(self) -> list[str]:
        """Publishes what the city knows of its first permits; returns their names."""
        subjects: dict[str, None] = {}
        file = self.state / "permits.ndjson"
        with file.open("w", encoding="utf-8") as output:
            for event in history.events():
                subject = event["subject"]
                if event["type"] not in ("permit.received", "permit.issued"):
                    continue
                if subject not in subjects and len(subjects) == PERMITS:
                    continue
                subjects[subject] = None
                output.write(json.dumps(event, ensure_ascii=False) + "\n")
        self.processes.run(self.lockstep.command("publish", "--from", str(file)))
        return list(subjects)

    def make(self, edits: list[Edit]) -> None:
        """Makes each edit in its office, by its clock, and notes its version."""
        for number, edit in enumerate(edits):
            words = ["edit", edit.office, edit.subject, *partition.arguments(edit.values), "--json"]
            command = self.lockstep.command(*words)
            made = self.processes.run([*clocks.of(edit.office), *command])
            edit.version = json.loads(made)["version"]
            self.console.status((number + 1) / len(edits), f"{number + 1} of {len(edits)} edits made")

    def query(self, office: str, text: str) -> list[tuple[Any, ...]]:
        """Rows of an office's replica."""
        file = self.lockstep.database(office)
        if not file.exists():
            return []
        try:
            with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=5)) as database:
                return database.execute(text).fetchall()
        except sqlite3.OperationalError:
            return []  # Its worker is just making it.

    def records(self, office: str) -> dict[str, bytes]:
        """Each permit's registers: all that a replica holds of it."""
        return dict(self.query(office, "SELECT subject, registers FROM records WHERE subject LIKE 'permit/%'"))

    def differing(self) -> int:
        """How many permits are not the same in all offices."""
        replicas = [self.records(office) for office in OFFICES]
        subjects = set().union(*replicas)
        return sum(1 for subject in subjects if len({replica.get(subject) for replica in replicas}) > 1)

    def is_settled(self) -> bool:
        """Whether the broker holds nothing more for the offices."""
        return self.lockstep.backlog() == 0

    def wait(self, condition: Any, what: str) -> None:
        """Waits for a condition."""

        def look() -> bool:
            self.processes.check()
            return bool(condition())

        wait_until(look, max(1.0, self.started + LIMIT - time.monotonic()), what, 0.2)

    def compare(self, expected: Outcome) -> None:
        """Compares what shows, what is in conflict, and which bookings stand, with what must be."""
        for office in OFFICES:
            shown = {
                subject: json.loads(data)
                for subject, data in self.query(office, "SELECT subject, data FROM records WHERE data IS NOT NULL")
            }
            for (subject, name), value in expected.shown.items():
                got = shown.get(subject, {}).get(name)
                if got is None or partition.as_shown(name, got) != value:
                    self.found.append(f"{office}  {subject}  {name}: shows {got!r}, not {value!r}")
            conflicts = self.conflicts(office)
            wanted = {(contest.subject, contest.field) for contest in expected.conflicts}
            for subject, name in sorted(wanted ^ set(conflicts)):
                self.found.append(f"{office}  {subject}  {name}: in conflict in the list or in truth, not in both")
            bookings = {
                subject: winner if refused else None
                for subject, refused, winner in self.query(office, "SELECT subject, refused, winner FROM bookings")
            }
            for subject in sorted(set(bookings) | set(expected.claims)):
                claim = expected.claims.get(subject)
                if claim is None or subject not in bookings or bookings[subject] != claim.winner:
                    self.found.append(f"{office}  {subject}  booking: {bookings.get(subject)!r}, not {claim!r}")

    def conflicts(self, office: str) -> dict[tuple[str, str], dict[str, Any]]:
        """The office's list of conflicts that are not settled."""
        rows = self.lockstep.read("conflicts", "list", office, "--limit", "100000")
        # Everything: that a conflict is announced, or a booking refused, must not be in conflict itself.
        return {(row["record"], row["field"]): row for row in rows}

    def print_tables(self, edits: list[Edit], expected: Outcome) -> None:
        """What was merged, what was decided and why, and who got the inspectors."""
        plain = self.console.plain
        plain()
        by_office = Counter(edit.office for edit in edits)
        made = ", ".join(f"{by_office[office]} by {office}" for office in OFFICES)
        plain(f"{len(edits)} edits ({made}); {len(expected.merged)} permits merged without a contradiction")
        plain()
        kinds: dict[str, list[partition.Contest]] = {}
        for contest in expected.conflicts:
            kinds.setdefault(contest.field, []).append(contest)
        rows = []
        for name, contests in sorted(kinds.items()):
            winners = Counter(contest.shown.office for contest in contests)
            shown = ", ".join(f"{office} {winners[office]}" for office in OFFICES)
            state = "open" if contests[0].policy == "ask" else "decided"
            rows.append([name, str(len(contests)), contests[0].policy, state, shown])
        plain(table(["conflicts in", "", "policy", "state", "shows the value of"], rows))
        plain()
        refused = [claim for claim in expected.claims.values() if claim.winner]
        rows = [
            [claim.subject, claim.inspector, claim.starts, f"{claim.winner} has it; its claim is older"]
            for claim in sorted(refused, key=lambda claim: claim.version)[:8]
        ]
        plain(f"{len(expected.claims)} bookings, {len(refused)} of them refused:")
        plain(table(["permit", "inspector", "from", "why"], rows))
        plain()

    def resolve(self, expected: Outcome) -> None:
        """A person settles one open conflict in a ward; the others learn of it."""
        contest = next((contest for contest in expected.conflicts if contest.policy == "ask"), None)
        if contest is None:
            self.found.append("no conflict is open, so nothing shows how one is settled")
            return
        loser = min(contest.edits, key=lambda edit: edit.rank)
        conflict = self.conflicts("ward-1")[contest.subject, contest.field]
        words = ["--take", loser.office, "--reason", "the older file is the right one", "--by", "clerk"]
        self.lockstep.read("conflicts", "resolve", "ward-1", conflict["id"], *words)

        def is_settled(office: str) -> bool:
            row = self.lockstep.read("conflicts", "show", office, conflict["id"])
            return row["state"] == "settled" and row["person"] == "clerk" and bool(row["reason"])

        self.wait(lambda: all(is_settled(office) for office in OFFICES), "the decision to be everywhere")
        self.wait(lambda: self.differing() == 0 and self.is_settled(), "all offices to hold the same again")
        for office in OFFICES:
            query = f"SELECT data FROM records WHERE subject = '{contest.subject}'"
            data = json.loads(self.query(office, query)[0][0])
            if data.get(contest.field) != loser.values[contest.field]:
                self.found.append(f"{office}  {contest.subject}  {contest.field}: the decision does not show")
        self.console.say(
            f"a clerk in ward-1 took {loser.office}'s {contest.field} of {contest.subject}: settled in all three offices"
        )

    def report(self) -> None:
        """The report for auditors: it must say the same."""
        lockstep = self.lockstep
        self.wait(lambda: all(row.silent + row.waiting == 0 for row in lockstep.standings().values()), "the ledger")
        page = self.state / "report.html"
        self.processes.run(lockstep.command("report", "--html", "--output", str(page)), accepted=(0, ATTENTION))
        text = self.processes.run(lockstep.command("report"), accepted=(0, ATTENTION))
        self.console.plain()
        self.console.plain(text.partition("Records that are not in step")[0].rstrip())
        self.console.plain()
        self.console.plain(f"the same as a page: {page}")
        made = json.loads(self.processes.run(lockstep.command("report", "--json"), accepted=(0, ATTENTION)))
        for row in made["report"]["offices"]:
            if row["behind"] or row["different"] or not row["inStep"] or row["conflictsSettled"] != 1:
                self.found.append(f"{row['office']}  the report says {row}")

    def judge(self) -> bool:
        """Prints the verdict."""
        for line in self.found[:10]:
            self.console.plain(line)
        if self.found:
            self.console.plain(f"NOT IN LOCKSTEP: {len(self.found)} differences")
            return False
        self.console.plain("IN LOCKSTEP: three offices, the same records, conflicts and bookings")
        return True

    def clean_up(self) -> None:
        """Stops every process and the broker."""
        failed = self.processes.stop_all()
        clocks.clean_up()
        if failed:
            self.console.say(f"did not end well: {', '.join(failed)}")
        try:
            self.lockstep.broker("stop")
        except DemoError as error:
            self.console.say(str(error))


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="deploy/demo --conflicts", description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="decides who edits and books what")
    parser.add_argument("--state", type=Path, required=True, metavar="DIR", help="where databases and logs go; emptied")
    parser.add_argument("--lockstep", type=Path, required=True, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(conduct(arguments(), PartitionDemo))
