"""What is published, from a seed, and what each office must hold of it in the end."""

import json
import random
import time
from dataclasses import dataclass, field
from typing import Any

#: As in lockstep.yaml: office k receives the zones k and k + 1.
COUNT = 10
OFFICES = [f"office-{number}" for number in range(COUNT)]
#: How many records there are; each belongs to one zone.
RECORDS = 2_000


@dataclass
class Workload:
    """Revisions of records, in the order of their publication.

    Every revision sets the record's number of revisions and leaves a field of its own, so that the record that an
    office holds in the end tells of each event whether it arrived. Each event has its id and version from here:
    published again, it is the same event.
    """

    lines: list[bytes] = field(default_factory=list)
    #: What each record is after its last revision, by subject.
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    @staticmethod
    def make(events: int, noise: random.Random) -> "Workload":
        """So many revisions of randomly chosen records."""
        workload = Workload()
        begin = time.time_ns() // 1_000_000 << 16
        for number in range(events):
            index = noise.randrange(RECORDS)
            subject = f"record/{index}"
            record = workload.records.setdefault(subject, {})
            revision = record.get("revision", 0) + 1
            change = {"revision": revision, f"r{revision}": number}
            record.update(change)
            event = {"id": event_id(number), "recordversion": f"{begin + number:016x}-core", "type": "record.revised"}
            event |= {"subject": subject, "scope": f"zone-{zone(subject)}", "data": change}
            workload.lines.append(json.dumps(event).encode() + b"\n")
        return workload

    def shares(self, count: int) -> list[list[bytes]]:
        """The lines in so many parts, one after the other."""
        ends = [len(self.lines) * number // count for number in range(count + 1)]
        return [self.lines[begin:end] for begin, end in zip(ends, ends[1:])]

    def expected(self, office: str) -> dict[str, dict[str, Any]]:
        """The records that an office must hold, by subject."""
        number = OFFICES.index(office)
        zones = {number, (number + 1) % COUNT}
        return {subject: record for subject, record in self.records.items() if zone(subject) in zones}


def event_id(number: int) -> str:
    """The id of an event by its number."""
    return f"event-{number}"


def zone(subject: str) -> int:
    """The zone of a record."""
    return int(subject.removeprefix("record/")) % COUNT
