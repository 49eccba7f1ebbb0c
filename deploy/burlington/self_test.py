"""Shows that verify.py notices what it must: every alteration of a faithful copy, and nothing in the copy itself.

The faithful copy comes from history.py, replayed in the plainest way; so this also shows that the history and what is
expected of it agree. Needs no broker and no offices.
"""

import base64
import copy
import json
from decimal import Decimal
from typing import Any, Callable

from expected import CITY_HALL, EVERYBODY, SUBSCRIBERS, expected_offices, read_json
from history import events
from subscribers import is_signed
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
        scope = event.get("scope")
        if office in SUBSCRIBERS:
            own, has_policies = SUBSCRIBERS[office]
            if not has_policies if scope is None else own not in (None, scope):
                continue
        elif scope not in (None, office) and office != CITY_HALL:
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
    for name in EVERYBODY:
        records, deleted = replayed(name)
        wanted = copy.deepcopy(expected[name])
        # The refused event is the demo's, not the history's.
        wanted.records.pop(read_json("refused.json")["subject"], None)
        held = Held(records, deleted, copy.deepcopy(wanted.calendar))
        found = list(compare(name, wanted, held))
        failures += [f"a faithful copy differs: {difference}" for difference in found[:5]]
        if name == OFFICE and not found:
            for title, (alter, field) in alterations().items():
                failures += check(title, field, list(compare_altered(wanted, held, alter)))
    failures += check_signatures()
    for failure in failures:
        print(failure)
    if failures:
        print("the check is broken")
        return 1
    print(f"the check finds nothing in {len(EVERYBODY)} faithful copies, and each of {len(alterations())} alterations")
    return 0


def check_signatures() -> list[str]:
    """Whether the subscribers' server knows who may post: by the example of Standard Webhooks."""
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    sent, body = 1_614_265_330, b'{"test": 2432232314}'
    headers = {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": str(sent),
        "webhook-signature": "v1,AAAA v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    failures = [] if is_signed(secret, headers, body, sent + 300) else ["a signature that is right is not known"]
    wrong = {
        "another body": is_signed(secret, headers, body + b" ", sent),
        "another secret": is_signed(secret[::-1], headers, body, sent),
        "another event": is_signed(secret, {**headers, "webhook-id": "msg_1"}, body, sent),
        "too late": is_signed(secret, headers, body, sent + 301),
        "no signature": is_signed(secret, {**headers, "webhook-signature": ""}, body, sent),
    }
    return failures + [f"taken although it is of {title}" for title, taken in wrong.items() if taken]


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
