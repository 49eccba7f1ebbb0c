#!/usr/bin/python3
"""Compares every field of every record, and every calendar, with what the city's files say.

    verify.py --lockstep PATH --config FILE --state DIR     the offices as they are
    verify.py --self-test                                   whether this check notices what it must

Exit status 0: in lockstep; 1: something differs; 2: an office could not be read.
"""

import argparse
import json
import sqlite3
import subprocess
import sys
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path
from typing import Any, Iterator, NamedTuple

from expected import EVERYBODY, Entry, Office, expected_offices

#: Stands for a field that is not there; null is something else.
NOTHING = "(nothing)"

#: The columns of the table `calendar` that hold what `Entry` holds, in its order.
CALENDAR = "SELECT subject, title, what, place, starts, ends, status FROM calendar"


class Difference(NamedTuple):
    """One thing that is not as it must be."""

    office: str
    record: str
    field: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.office}  {self.record}  {self.field}: expected {self.expected!s}, found {self.found!s}"


class Held(NamedTuple):
    """What an office holds."""

    records: dict[str, dict[str, Any]]
    deleted: set[str]
    calendar: dict[str, Entry]


def compare(name: str, expected: Office, held: Held) -> Iterator[Difference]:
    """Every difference of one office."""
    for subject in sorted(expected.records.keys() | held.records.keys()):
        yield from compare_fields(name, subject, "", expected.records.get(subject), held.records.get(subject))
    for subject in sorted(expected.deleted ^ held.deleted):
        yield Difference(name, subject, "deleted", subject in expected.deleted, subject in held.deleted)
    for subject in sorted(expected.calendar.keys() | held.calendar.keys()):
        wanted, found = (
            asdict(entries[subject]) if subject in entries else None for entries in (expected.calendar, held.calendar)
        )
        yield from compare_fields(name, subject, "calendar.", wanted, found)


def compare_fields(
    office: str, subject: str, prefix: str, expected: dict[str, Any] | None, found: dict[str, Any] | None
) -> Iterator[Difference]:
    """The differences of one record, or of one entry."""
    if expected is None or found is None:
        presence = ("missing" if thing is None else "present" for thing in (expected, found))
        yield Difference(office, subject, prefix + "(all)", *presence)
        return
    for field in sorted(expected.keys() | found.keys()):
        wanted, value = expected.get(field, NOTHING), found.get(field, NOTHING)
        if type(wanted) is not type(value) or wanted != value:
            yield Difference(office, subject, prefix + field, wanted, value)


def held_by(records: str, database: Path) -> Held:
    """What an office holds: its records as the command prints them, its calendar as any SQL program reads it."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    try:
        calendar = {row[0]: Entry(*row[1:]) for row in connection.execute(CALENDAR)}
    finally:
        connection.close()
    return Held(*parse_records(records), calendar)


def parse_records(ndjson: str) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """Records by subject, and the subjects of deleted ones, from the lines of `lockstep office NAME --records`."""
    records: dict[str, dict[str, Any]] = {}
    deleted: set[str] = set()
    for line in ndjson.splitlines():
        record = json.loads(line, parse_int=Decimal, parse_float=Decimal)
        if record["subject"] in records or record["subject"] in deleted:
            raise ValueError(f"{record['subject']} is there twice")
        if record["deleted"]:
            deleted.add(record["subject"])
        else:
            records[record["subject"]] = record["data"]
    return records, deleted


def differences(lockstep: str, config: str, state: Path) -> list[Difference]:
    """Every difference of every office."""
    found: list[Difference] = []
    for name, expected in expected_offices().items():
        command = [lockstep, "office", name, "--records", "--config", config]
        records = subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        found += compare(name, expected, held_by(records, state / f"{name}.sqlite"))
    return found


def main() -> int:
    """Reads the arguments and checks."""
    parser = argparse.ArgumentParser(description="Compare all offices with the city's files.")
    parser.add_argument("--lockstep", default="lockstep", help="the command")
    parser.add_argument("--config", help="its lockstep.yaml")
    parser.add_argument("--state", type=Path, help="where the offices' databases are")
    parser.add_argument("--self-test", action="store_true", help="check this check; needs no broker and no offices")
    arguments = parser.parse_args()
    if arguments.self_test:
        # Imported here: it is no part of the check.
        import self_test

        return self_test.run()
    if arguments.config is None or arguments.state is None:
        parser.error("--config and --state are needed")
    try:
        found = differences(arguments.lockstep, arguments.config, arguments.state)
    except (OSError, subprocess.CalledProcessError, sqlite3.Error, ValueError, KeyError) as error:
        print(f"an office could not be read: {error}", file=sys.stderr)
        return 2
    for difference in found[:20]:
        print(difference)
    print(f"{len(found)} differences" if found else f"in lockstep: {len(EVERYBODY)} offices")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
