"""Judges what the offices hold against what was accepted."""

import json
from dataclasses import dataclass
from typing import Any

Records = dict[str, dict[str, Any]]


@dataclass
class Judgement:
    """Counts over deliveries: an event of two offices counts twice."""

    accepted: int = 0
    applied: int = 0
    dead: int = 0
    #: Accepted, and neither applied nor dead.
    lost: int = 0
    #: Applied, though nobody published it.
    unexpected: int = 0
    #: Records that are not as their newest accepted revision left them.
    wrong: int = 0

    def add(self, expected: Records, held: Records, dead: int) -> None:
        """Judges one office."""
        missing = 0
        for subject in expected.keys() | held.keys():
            should, does = expected.get(subject, {}), held.get(subject, {})
            accepted, applied = revisions(should), revisions(does)
            self.accepted += len(accepted)
            self.applied += len(accepted & applied)
            self.unexpected += len(applied - accepted)
            missing += len(accepted - applied)
            self.wrong += should != does
        self.dead += dead
        self.lost += max(0, missing - dead)

    @property
    def is_clean(self) -> bool:
        """Whether everything is where it should be."""
        return self.lost == 0 and self.unexpected == 0 and self.wrong == 0


def revisions(record: dict[str, Any]) -> set[tuple[str, Any]]:
    """The events that left a trace in a record."""
    return {(name, value) for name, value in record.items() if name != "revision"}


def records(ndjson: str) -> Records:
    """The records that `lockstep office NAME --records` printed, marks aside."""
    found = map(json.loads, ndjson.splitlines())
    return {line["subject"]: line["data"] or {} for line in found if line["subject"].startswith("record/")}


def self_test() -> None:
    """Raises where the judge would not notice what it must."""
    expected: Records = {"record/1": {"revision": 2, "r1": 10, "r2": 20}, "record/2": {"revision": 1, "r1": 30}}

    def judge(held: Records, dead: int = 0) -> Judgement:
        judgement = Judgement()
        judgement.add(expected, held, dead)
        return judgement

    assert judge(expected).is_clean and judge(expected).applied == 3
    assert judge({"record/1": expected["record/1"]}).lost == 1, "a lost record"
    assert judge({**expected, "record/1": {"revision": 2, "r2": 20}}).lost == 1, "a lost revision"
    assert judge({**expected, "record/1": {"revision": 1, "r1": 10, "r2": 20}}).wrong == 1, "an older state"
    assert judge({**expected, "record/3": {"revision": 1, "r1": 1}}).unexpected == 1, "what nobody published"
    assert judge({"record/1": expected["record/1"]}, dead=1).lost == 0, "what is dead is not lost"
