"""Shows that verify.py notices what it must: every alteration of a faithful copy, and nothing in the copy itself.

The faithful copy comes from history.py, replayed in the plainest way; so this also shows that the history and what is
expected of it agree. Needs no broker and no offices.
"""

import copy
import json
from decimal import Decimal
from typing import Any, Callable

from expected import CITY_HALL, OFFICES, expected_offices
from history import events
from verify import Difference, Held, compare, parse_records

#: A permit whose only row is of ward 6.
PERMIT = "permit/24-020768"
POLICY = "policy/YSP-2024"
WITHDRAWN = "policy/TRIAL-2024"
OFFICE = "ward-6"


def replayed(office: str) -> tuple[dict[str, dict[str, Any]], set[str]]:
    """An office's records after the history, as `lockstep office NAME --records` would print them."""
    records: dict[str, dict[str, Any]] = {}
    deleted: set[str] = set()
    for event in events():
        if event.get("scope") not in (None, office) and office != CITY_HALL:
            continue
        subject = event["subject"]
        if event.get("operation") == "delete":
            records.pop(subject, None)
            deleted.add(subject)
            continue
        record = records.setdefault(subject, {})
        for name, value in event["data"].items():
            if value is None:
                record.pop(name, None)
            else:
                record[name] = value
    lines = [{"subject": subject, "deleted": False, "data": data} for subject, data in records.items()]
    lines += [{"subject": subject, "deleted": True, "data": None} for subject in deleted]
    return parse_records("\n".join(json.dumps(line) for line in lines))


def alterations() -> dict[str, tuple[Callable[[Held], object], str]]:
    """Ways to spoil an office's copy, each with the field that must be named."""

    def spoil_record(**fields: Any) -> Callable[[Held], object]:
        return lambda held: held.records[PERMIT].update(fields)

    return {
        "one digit of a number": (spoil_record(CONSTRUCTVALUE=Decimal(75001)), "CONSTRUCTVALUE"),
        "a number as text": (spoil_record(CONSTRUCTVALUE="75000"), "CONSTRUCTVALUE"),
        "padding lost": (spoil_record(ADDRESS="3322 ABERDEEN AVE."), "ADDRESS"),
        "an older status": (spoil_record(FOLDERSTATUSDESC="Issued"), "FOLDERSTATUSDESC"),
        "a removed field back": (spoil_record(REFERENCEFILE="ZC-1/22"), "REFERENCEFILE"),
        "null where a field was removed": (spoil_record(REFERENCEFILE=None), "REFERENCEFILE"),
        "a field missing": (lambda held: held.records[PERMIT].pop("SUBDESC"), "SUBDESC"),
        "a record missing": (lambda held: held.records.pop(PERMIT), "(all)"),
        "a record of another ward": (lambda held: held.records.update({"permit/24-019651": {}}), "(all)"),
        "a policy's first date": (lambda held: held.records[POLICY].update(start_date="2024-04-01"), "start_date"),
        "a deleted record alive": (lambda held: held.deleted.discard(WITHDRAWN), "deleted"),
        "an entry missing": (lambda held: held.calendar.pop(PERMIT), "calendar.(all)"),
        "an entry too many": (
            lambda held: held.calendar.update({WITHDRAWN: held.calendar[POLICY]}), "calendar.(all)"
        ),
        "an entry's day": (lambda held: setattr(held.calendar[PERMIT], "starts", "2024-11-02"), "calendar.starts"),
        "an entry's end": (lambda held: setattr(held.calendar[POLICY], "ends", "2024-12-31"), "calendar.ends"),
    }


def run() -> int:
    """Runs the test; returns the exit status."""
    expected = expected_offices()
    failures: list[str] = []
    for name in OFFICES:
        records, deleted = replayed(name)
        wanted = copy.deepcopy(expected[name])
        # The refused event is the demo's, not the history's.
        for subject in wanted.records.keys() - wanted.calendar.keys():
            del wanted.records[subject]
        held = Held(records, deleted, copy.deepcopy(wanted.calendar))
        found = list(compare(name, wanted, held))
        failures += [f"a faithful copy differs: {difference}" for difference in found[:5]]
        if name == OFFICE and not found:
            for title, (alter, field) in alterations().items():
                failures += check(title, field, list(compare_altered(wanted, held, alter)))
    for failure in failures:
        print(failure)
    if failures:
        print("the check is broken")
        return 1
    print(f"the check finds nothing in {len(OFFICES)} faithful copies, and each of {len(alterations())} alterations")
    return 0


def compare_altered(wanted: Any, held: Held, alter: Callable[[Held], object]) -> list[Difference]:
    """What is found in a copy after an alteration."""
    altered = copy.deepcopy(held)
    alter(altered)
    return list(compare(OFFICE, wanted, altered))


def check(title: str, field: str, found: list[Difference]) -> list[str]:
    """Whether exactly the altered field was found."""
    if [difference.field for difference in found] == [field]:
        return []
    return [f"{title}: expected one difference in {field}, found {[str(difference) for difference in found]}"]
