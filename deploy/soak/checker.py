"""Judges what the offices hold against what was accepted."""

import json
from collections import defaultdict
from dataclasses import dataclass, fields
from typing import Any, Callable

Records = dict[str, dict[str, Any]]


@dataclass
class Counts:
    """Counts over deliveries: an event of two offices counts twice."""

    accepted: int = 0
    applied: int = 0
    dead: int = 0
    #: Accepted, and neither applied nor dead.
    lost: int = 0
    #: Applied or dead, though nobody published it for this office.
    unexpected: int = 0
    #: Records that are not as their newest accepted revision left them.
    wrong: int = 0

    @property
    def is_clean(self) -> bool:
        """Whether everything is where it should be."""
        return self.lost == 0 and self.unexpected == 0 and self.wrong == 0


class Judgement:
    """What became of the events, by the fault during which they were published."""

    def __init__(self, fault: Callable[[int], str]) -> None:
        self.fault = fault
        self.by_fault: dict[str, Counts] = defaultdict(Counts)

    def add(self, expected: Records, held: Records, dead: set[int]) -> None:
        """Judges one office; events are named by their numbers."""
        accepted = {number for record in expected.values() for number in revisions(record).values()}
        for number in dead:
            count = self.by_fault[self.fault(number)]
            count.dead += 1
            count.unexpected += number not in accepted
        for subject in expected.keys() | held.keys():
            should, does = expected.get(subject, {}), held.get(subject, {})
            applied = set(revisions(does).items())
            for revision in revisions(should).items():
                count = self.by_fault[self.fault(revision[1])]
                count.accepted += 1
                count.applied += revision in applied
                count.lost += revision not in applied and revision[1] not in dead
            for revision in applied - set(revisions(should).items()):
                self.by_fault[self.fault(revision[1])].unexpected += 1
            if does != without(should, dead - set(revisions(does).values())):
                newest = max([*revisions(should).values(), *revisions(does).values()], default=-1)
                self.by_fault[self.fault(newest)].wrong += 1

    @property
    def total(self) -> Counts:
        """All faults together."""
        names = [field.name for field in fields(Counts)]
        return Counts(*(sum(getattr(count, name) for count in self.by_fault.values()) for name in names))


def revisions(record: dict[str, Any]) -> dict[str, int]:
    """The numbers of the events that left a trace in a record, by their revision."""
    return {name: number for name, number in record.items() if name != "revision"}


def without(record: dict[str, Any], dead: set[int]) -> dict[str, Any]:
    """What a record is where these events never reached it."""
    left = {name: number for name, number in revisions(record).items() if number not in dead}
    return {**left, "revision": max(int(name.removeprefix("r")) for name in left)} if left else {}


def records(ndjson: str) -> Records:
    """The records that `lockstep office NAME --records` printed, marks aside."""
    found = map(json.loads, ndjson.splitlines())
    return {line["subject"]: line["data"] or {} for line in found if line["subject"].startswith("record/")}


def self_test() -> None:
    """Raises where the judge would not notice what it must."""
    expected: Records = {"record/1": {"revision": 2, "r1": 10, "r2": 20}, "record/2": {"revision": 1, "r1": 30}}

    def judge(held: Records, dead: set[int] = set()) -> Counts:
        judgement = Judgement(lambda number: "early" if number < 25 else "late")
        judgement.add(expected, held, dead)
        assert judgement.total.accepted == 3 and judgement.by_fault["early"].accepted == 2
        return judgement.total

    assert judge(expected).is_clean and judge(expected).applied == 3
    assert judge({"record/1": expected["record/1"]}).lost == 1, "a lost record"
    assert judge({**expected, "record/1": {"revision": 2, "r2": 20}}).lost == 1, "a lost revision"
    assert judge({**expected, "record/1": {"revision": 1, "r1": 10, "r2": 20}}).wrong == 1, "an older state"
    assert judge({**expected, "record/3": {"revision": 1, "r1": 1}}).unexpected == 1, "what nobody published"
    assert judge({"record/1": expected["record/1"]}, {30}).is_clean, "what is dead is not lost"
    assert judge({"record/1": expected["record/1"]}, {10}).lost == 1, "another one that is dead does not make up for it"
    assert judge({**expected, "record/1": {"revision": 1, "r1": 10}}, {20}).is_clean, "a record without a dead revision"
    assert judge(expected, {99}).unexpected == 1, "a dead letter that nobody published"
    assert judge(expected, {10}).is_clean and judge(expected, {10}).dead == 1, "applied, and dead all the same"
