"""What three offices did to the same permits while they were cut off, and what must come of it.

The rules of the documentation said once more, in other words than the product's: pure, and without a look at its code.
"""

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

OFFICES = ["city-hall", "ward-1", "ward-2"]
#: The fields of a booking: an inspector, from, to.
BOOKING = ("INSPECTOR", "VISIT", "VISITEND")
STATUSES = ["Under review", "On hold", "Inspected", "Withdrawn"]
INSPECTORS = ["A. Lee", "B. Kim", "C. Roy"]


@dataclass
class Edit:
    """A change of some fields of a permit in one office; its version is known once it has been made."""

    office: str
    subject: str
    values: dict[str, str]
    version: str = ""

    @property
    def rank(self) -> tuple[str, str]:
        """What orders versions: the clock's reading, then the origin's name."""
        return self.version[:16], self.version[17:]


@dataclass
class Contest:
    """A field of a permit that several offices changed without knowing of each other."""

    subject: str
    field: str
    edits: list[Edit]

    @property
    def is_conflict(self) -> bool:
        return len({edit.values[self.field] for edit in self.edits}) > 1

    @property
    def policy(self) -> str:
        return {"FOLDERSTATUSDESC": "prefer: [city-hall]", "REFERENCEFILE": "ask"}.get(self.field, "newest")

    @property
    def shown(self) -> Edit:
        """What every office must show."""
        preferred = [edit for edit in self.edits if edit.office == "city-hall"]
        if self.policy.startswith("prefer") and preferred:
            return preferred[-1]
        return max(self.edits, key=lambda edit: edit.rank)


@dataclass
class Claim:
    """What a permit books, as every office must show it."""

    subject: str
    inspector: str
    starts: str
    ends: str
    version: tuple[str, str]
    winner: str | None = None


@dataclass
class Outcome:
    """What must come of all the edits."""

    #: Of each permit and field that was changed, what must show.
    shown: dict[tuple[str, str], str] = field(default_factory=dict)
    conflicts: list[Contest] = field(default_factory=list)
    #: Permits whose changed fields came from several offices without contradiction.
    merged: set[str] = field(default_factory=set)
    claims: dict[str, Claim] = field(default_factory=dict)


def plan(subjects: list[str], noise: Random) -> list[Edit]:
    """Who does what: in an order that mixes the offices, as time does."""
    edits: list[Edit] = []
    for number, subject in enumerate(subjects):
        for office in OFFICES:
            values: dict[str, str] = {}
            if noise.random() < 0.4:
                values["FOLDERSTATUSDESC"] = noise.choice(STATUSES[:3])
            if noise.random() < 0.3:
                values["REFERENCEFILE"] = f"{office}-{number}"
            if noise.random() < 0.3:
                values["CONSTRUCTVALUE"] = str(noise.randrange(10, 90) * 1000)
            if noise.random() < 0.35:
                hour, minute = noise.randrange(8, 16), noise.choice([0, 30])
                values |= {
                    "INSPECTOR": noise.choice(INSPECTORS),
                    "VISIT": f"2026-04-{noise.randrange(6, 9):02}T{hour:02}:{minute:02}",
                }
                values["VISITEND"] = f"{values['VISIT'][:11]}{hour + 1:02}:{minute:02}"
            if values:
                edits.append(Edit(office, subject, values))
    noise.shuffle(edits)
    return edits


def outcome(edits: list[Edit]) -> Outcome:
    """What must come of edits that were all made before any office heard of another's."""
    result = Outcome()
    last: dict[tuple[str, str], dict[str, Edit]] = {}
    for edit in edits:
        for name in edit.values:
            last.setdefault((edit.subject, name), {})[edit.office] = edit
    by_subject: dict[str, dict[str, Edit]] = {}
    for (subject, name), offices in sorted(last.items()):
        contest = Contest(subject, name, list(offices.values()))
        if contest.is_conflict:
            result.conflicts.append(contest)
        result.shown[subject, name] = contest.shown.values[name]
        by_subject.setdefault(subject, {})[name] = contest.shown
    contested = {contest.subject for contest in result.conflicts}
    for subject, fields in by_subject.items():
        if subject not in contested and len({edit.office for edit in fields.values()}) > 1:
            result.merged.add(subject)
    result.claims = judge(by_subject)
    return result


def judge(by_subject: dict[str, dict[str, Edit]]) -> dict[str, Claim]:
    """Whose booking stands: from the oldest claim on, unless one that stands is in its way."""
    claims: list[Claim] = []
    for subject, fields in by_subject.items():
        if "INSPECTOR" not in fields:
            continue
        status = fields.get("FOLDERSTATUSDESC")
        if status and status.values["FOLDERSTATUSDESC"] == "Withdrawn":
            continue
        inspector, starts, ends = (fields[name].values[name] for name in BOOKING)
        if starts < ends:
            version = max(fields[name].rank for name in BOOKING)
            claims.append(Claim(subject, inspector, starts, ends, version))
    standing: list[Claim] = []
    for claim in sorted(claims, key=lambda claim: claim.version):
        in_the_way = [
            other
            for other in standing
            if other.inspector == claim.inspector and other.starts < claim.ends and claim.starts < other.ends
        ]
        if in_the_way:
            claim.winner = min(in_the_way, key=lambda other: other.version).subject
        else:
            standing.append(claim)
    return {claim.subject: claim for claim in claims}


def arguments(values: dict[str, str]) -> list[str]:
    """The edit's fields as `lockstep edit` takes them: texts stay texts."""
    return [f"{name}={value if name == 'CONSTRUCTVALUE' else json.dumps(value)}" for name, value in values.items()]


def as_shown(name: str, value: Any) -> str:
    """A value of a replica as the plan writes it."""
    return str(int(value)) if name == "CONSTRUCTVALUE" else str(value)
