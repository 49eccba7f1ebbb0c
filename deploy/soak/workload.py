"""What is published, from a seed, and what each office must hold of it in the end."""

import json
import random
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
    office holds in the end tells of each event whether it arrived.
    """

    lines: list[bytes] = field(default_factory=list)
    #: What each record is after its last revision, by subject.
    records: dict[str, dict[str, Any]] = field(default_factory=dict)

    @staticmethod
    def make(events: int, noise: random.Random) -> "Workload":
        """So many revisions of randomly chosen records."""
        workload = Workload()
        for number in range(events):
            index = noise.randrange(RECORDS)
            subject = f"record/{index}"
            record = workload.records.setdefault(subject, {})
            revision = record.get("revision", 0) + 1
            change = {"revision": revision, f"r{revision}": number}
            record.update(change)
            event = {"type": "record.revised", "subject": subject, "scope": f"zone-{zone(subject)}", "data": change}
            workload.lines.append(json.dumps(event).encode() + b"\n")
        return workload

    def expected(self, office: str) -> dict[str, dict[str, Any]]:
        """The records that an office must hold, by subject."""
        number = OFFICES.index(office)
        zones = {number, (number + 1) % COUNT}
        return {subject: record for subject, record in self.records.items() if zone(subject) in zones}


def zone(subject: str) -> int:
    """The zone of a record."""
    return int(subject.removeprefix("record/")) % COUNT
