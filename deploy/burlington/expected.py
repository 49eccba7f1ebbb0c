"""What each office must hold in the end, straight from the city's files.

Nothing is replayed here: for each field the newest step that sets it is looked up in the rows. So this shares no
idea with Lockstep's merge, and none with history.py but the words of README.md.
"""

import csv
import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Iterable

HERE = Path(__file__).resolve().parent

CITY_HALL = "city-hall"
WARDS = [f"ward-{number}" for number in range(1, 7)]
OFFICES = [*WARDS, CITY_HALL]
#: Who is told over HTTP, and the warehouse: the scope of each one's permits (None: all), and whether it has policies. They
#: have no calendar, so they refuse nothing.
WEBHOOKS: dict[str, tuple[str | None, bool]] = {"scheduling": ("ward-3", False), "registry": ("ward-1", True)}
WAREHOUSE = "warehouse"
SUBSCRIBERS: dict[str, tuple[str | None, bool]] = {**WEBHOOKS, WAREHOUSE: (None, True)}
EVERYBODY = [*OFFICES, *SUBSCRIBERS]

Row = dict[str, str]
#: A record's fields. Numbers are Decimal, so that not a digit is lost in the comparison.
Fields = dict[str, Any]


@dataclass
class Entry:
    """A line of an office's calendar."""

    title: str
    what: str
    place: str
    starts: str | None
    ends: str | None
    status: str


@dataclass
class Office:
    """What one office must hold."""

    records: dict[str, Fields] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    calendar: dict[str, Entry] = field(default_factory=dict)
    #: How many events must reach it, garbage aside.
    deliveries: int = 0
    #: How many of these its calendar refuses.
    refused: int = 0


def expected_offices() -> dict[str, Office]:
    """What every office must hold, by its name."""
    with (HERE / "permits.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    decisions = read_json("policies.json")
    refused = read_json("refused.json")
    return {name: expected_office(name, rows, decisions, refused) for name in EVERYBODY}


def expected_office(name: str, rows: list[Row], decisions: list[Fields], refused: Fields) -> Office:
    """What one office must hold: its ward's permits (city-hall: all of them), and the policies."""
    office = Office()
    last_day = max(day_of(row["ISSUEDATE"]) for row in rows)
    for number, own in grouped(row for row in rows if concerns(name, f"ward-{row['PROPINFOVALUE_WARD']}")).items():
        office.records[f"permit/{number}"] = permit(own, last_day)
        office.deliveries += sum(3 if row["FOLDERSTATUSDESC"] == "Final" else 2 for row in own)
    if SUBSCRIBERS.get(name, (None, True))[1]:
        add_policies(office, decisions)
    for subject, fields in office.records.items() if name in OFFICES else ():
        office.calendar[subject] = permit_entry(fields) if subject.startswith("permit/") else policy_entry(fields)
    if concerns(name, refused["scope"]):
        # The record is taken in, or replicas would differ; only the calendar cannot show it.
        office.records[refused["subject"]] = dict(refused["data"])
        office.deliveries += 1
        office.refused += name in OFFICES
    return office


def concerns(office: str, scope: str) -> bool:
    """Whether permits of a scope reach an office."""
    if office in SUBSCRIBERS:
        return SUBSCRIBERS[office][0] in (scope, None)
    return office in (scope, CITY_HALL)


def grouped(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """The rows of each permit number."""
    permits: dict[str, list[Row]] = {}
    for row in rows:
        permits.setdefault(row["FILENO"], []).append(row)
    return permits


def permit(rows: list[Row], last_day: date) -> Fields:
    """A permit after all its revisions."""
    received = max(rows, key=lambda row: (day_of(row["INDATE"]), int(row["OBJECTID"])))
    issued = max(rows, key=lambda row: (day_of(row["ISSUEDATE"]), int(row["OBJECTID"])))
    fields = {
        column: number_or_text(column, text)
        for column, text in received.items()
        if text != "" and column not in ("ISSUEDATE", "FOLDERSTATUSDESC")
    }
    fields["ISSUEDATE"] = issued["ISSUEDATE"]
    # Issued after the last time that a revision became final: then it is open again. The same day: final comes later.
    finals = [
        min(day_of(row["ISSUEDATE"]) + timedelta(days=30), last_day)
        for row in rows
        if row["FOLDERSTATUSDESC"] == "Final"
    ]
    final = bool(finals) and max(finals) >= day_of(issued["ISSUEDATE"])
    fields["FOLDERSTATUSDESC"] = "Final" if final else "Issued"
    return fields


def add_policies(office: Office, decisions: list[Fields]) -> None:
    """Adds the policies; the decisions stand in order of time."""
    office.deliveries += len(decisions)
    for subject in {decision["subject"] for decision in decisions}:
        own = [decision for decision in decisions if decision["subject"] == subject]
        if own[-1].get("operation") == "delete":
            office.deleted.add(subject)
            continue
        names = {name for decision in own for name in decision["data"]}
        newest = {name: [d["data"][name] for d in own if name in d["data"]][-1] for name in names}
        office.records[subject] = {name: value for name, value in newest.items() if value is not None}


def permit_entry(fields: Fields) -> Entry:
    """A permit as lockstep.yaml's mapping for `permit.*` shows it."""
    title = plain(f"{fields.get('WORKDESC', '')} {fields.get('SUBDESC', '')}")
    starts = day_of(fields["ISSUEDATE"]).isoformat()
    return Entry(
        title, plain(fields["FOLDERTYPE"]), plain(fields["ADDRESS"]), starts, None, fields["FOLDERSTATUSDESC"]
    )


def policy_entry(fields: Fields) -> Entry:
    """A policy as lockstep.yaml's mapping for `policy.*` shows it."""
    return Entry(
        fields["title"], "Policy", fields["area"], fields["start_date"], fields.get("end_date"), fields["status"]
    )


def plain(text: str) -> str:
    """Text without the padding of the city's columns."""
    return " ".join(text.split())


def number_or_text(column: str, text: str) -> Decimal | str:
    """A cell that is not empty, as its event carries it."""
    numeric = column in ("X", "Y", "OBJECTID", "RESUNITS", "CONSTRUCTVALUE", "PROPINFOVALUE_WARD")
    return Decimal(text) if numeric else text


def day_of(text: str) -> date:
    """The day of a cell like `2024/10/03 00:00:00+00`."""
    year, month, day = text.split(" ")[0].split("/")
    return date(int(year), int(month), int(day))


def read_json(name: str) -> Any:
    """One of the files beside this one."""
    return json.loads((HERE / name).read_text(encoding="utf-8"))
