#!/usr/bin/python3
"""Makes the city's history, as CloudEvents in order of time, from its permits file.

    history.py > events.ndjson

Each row of permits.csv is one revision of a permit and gives

    permit.received   on INDATE                       every column but those below
    permit.issued     on ISSUEDATE                    ISSUEDATE, and the status "Issued"
    permit.finalised  where the row's status is Final the status "Final"

and policies.json holds what the city decided meanwhile. README.md says why each is as it is.
The same input gives the same bytes.
"""

import csv
import json
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Iterator, NamedTuple, TextIO

HERE = Path(__file__).resolve().parent
PERMITS = HERE / "permits.csv"
POLICIES = HERE / "policies.json"

#: The file does not say when a permit became final: so long after its issue, yet on the file's last day at the latest.
DAYS_UNTIL_FINAL = 30

#: Columns that other steps than `permit.received` set.
LATER_COLUMNS = {"ISSUEDATE", "FOLDERSTATUSDESC"}
#: Columns that hold numbers.
NUMBERS = {"X", "Y", "OBJECTID", "RESUNITS", "CONSTRUCTVALUE", "PROPINFOVALUE_WARD"}

Data = dict[str, Any]


class Step(NamedTuple):
    """One event before it has its time; steps of a day sort by `rank`, then in the order of the file."""

    day: date
    rank: int
    row: int
    type: str
    subject: str
    scope: str | None
    data: Data | None
    operation: str | None = None


def main() -> None:
    """Writes the history to standard output."""
    write(sys.stdout)


def write(output: TextIO) -> int:
    """Writes the history, one event a line, and returns how many there are."""
    count = 0
    for event in events():
        output.write(json.dumps(event, ensure_ascii=False, separators=(",", ":")) + "\n")
        count += 1
    return count


def events() -> Iterator[Data]:
    """The history in order of time.

    The sources know days only. The n-th event of a day is given the n-th millisecond of it, so that the order of two
    events shows in their times.
    """
    steps = sorted([*permit_steps(), *policy_steps()], key=lambda step: (step.day, step.rank, step.row))
    day, position = date.min, 0
    for step in steps:
        position = position + 1 if step.day == day else 0
        day = step.day
        yield cloud_event(step, position)


def cloud_event(step: Step, position: int) -> Data:
    """A step as a CloudEvent in its JSON format."""
    midnight = datetime(step.day.year, step.day.month, step.day.day, tzinfo=timezone.utc)
    time = midnight + timedelta(milliseconds=position)
    event: Data = {
        "specversion": "1.0",
        "id": f"{step.type}:{step.row}",
        "source": "core",
        "type": step.type,
        "subject": step.subject,
        "time": time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if step.scope is not None:
        event["scope"] = step.scope
    if step.operation is not None:
        event["operation"] = step.operation
    if step.data is not None:
        event["datacontenttype"] = "application/json"
        event["data"] = step.data
    return event


def permit_steps() -> list[Step]:
    """What happened to permits."""
    with PERMITS.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    last_day = max(day_of(row["ISSUEDATE"]) for row in rows)
    steps: list[Step] = []
    for row in rows:
        number = int(row["OBJECTID"])
        subject = f"permit/{row['FILENO']}"
        scope = f"ward-{row['PROPINFOVALUE_WARD']}"
        issued_on = day_of(row["ISSUEDATE"])

        received = {name: value_of(name, text) for name, text in row.items() if name not in LATER_COLUMNS}
        steps.append(Step(day_of(row["INDATE"]), 1, number, "permit.received", subject, scope, received))

        issued: Data = {"ISSUEDATE": row["ISSUEDATE"], "FOLDERSTATUSDESC": "Issued"}
        steps.append(Step(issued_on, 2, number, "permit.issued", subject, scope, issued))

        if row["FOLDERSTATUSDESC"] == "Final":
            final_on = min(issued_on + timedelta(days=DAYS_UNTIL_FINAL), last_day)
            final: Data = {"FOLDERSTATUSDESC": "Final"}
            steps.append(Step(final_on, 3, number, "permit.finalised", subject, scope, final))
    return steps


def policy_steps() -> list[Step]:
    """What the city decided, for all wards: events without a scope."""
    decisions = json.loads(POLICIES.read_text(encoding="utf-8"))
    return [
        Step(
            date.fromisoformat(decision["day"]), 0, number, decision["type"], decision["subject"], None,
            decision.get("data"), decision.get("operation"),
        )
        for number, decision in enumerate(decisions, start=1)
    ]


def value_of(column: str, text: str) -> str | int | float | None:
    """A cell as JSON: numbers as numbers, text as it stands, an empty cell as the null that removes the field."""
    if text == "":
        return None
    if column in NUMBERS:
        return float(text) if "." in text else int(text)
    return text


def day_of(text: str) -> date:
    """The day of a cell like `2024/10/03 00:00:00+00`."""
    return datetime.strptime(text[:10], "%Y/%m/%d").date()


if __name__ == "__main__":
    main()
