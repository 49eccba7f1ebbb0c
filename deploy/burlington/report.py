"""The demo's end: one table, the figures, and one line that says whether all is as it must be."""

from collections import Counter

from console import Console, table
from expected import OFFICES, Office
from product import Counters, Lockstep
from verify import Difference, compare, held_by

TITLES = ["office", "events", "records", "applied", "duplicates", "superseded", "retried", "dead", "p50", "p99"]
#: As many differences are shown; the rest is counted.
SHOWN = 10


def office_table(counters: dict[str, Counters], dead: dict[str, Counter[str]]) -> str:
    """The offices, a line each."""
    rows = [
        [
            name,
            *(str(number) for number in (
                found.events, found.records, found.applied, found.duplicates, found.superseded, found.retried,
                dead[name].total(),
            )),
            duration(found.p50),
            duration(found.p99),
        ]
        for name, found in counters.items()
    ]
    return table(TITLES, rows)


def duration(milliseconds: float | None) -> str:
    """A delay as a person would say it."""
    if milliseconds is None:
        return "–"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def dead_letters(lockstep: Lockstep) -> dict[str, Counter[str]]:
    """How many dead letters of which class each office has."""
    return {name: Counter(lockstep.dead_letters(name)) for name in OFFICES}


def differences(
    lockstep: Lockstep,
    expected: dict[str, Office],
    counters: dict[str, Counters],
    dead: dict[str, Counter[str]],
    expected_dead: dict[str, Counter[str]],
) -> list[Difference]:
    """All that is not as it must be: records, calendars, dead letters, refusals."""
    found: list[Difference] = []
    for name, office in expected.items():
        found += compare(name, office, held_by(lockstep.records(name), lockstep.database(name)))
        for kind in sorted(expected_dead[name].keys() | dead[name].keys()):
            if expected_dead[name][kind] != dead[name][kind]:
                found.append(Difference(name, "dead letters", kind, expected_dead[name][kind], dead[name][kind]))
        if counters[name].refused < office.refused:
            found.append(Difference(name, "counters", "refused", office.refused, counters[name].refused))
    return found


def verdict(console: Console, found: list[Difference], expected: dict[str, Office]) -> None:
    """Says that all is in lockstep, or what differs."""
    records = sum(len(office.records) + len(office.deleted) for office in expected.values())
    fields = sum(len(fields) for office in expected.values() for fields in office.records.values())
    entries = sum(len(office.calendar) for office in expected.values())
    if not found:
        console.plain(
            f"in lockstep: {len(expected)} offices, {records:,} records, {fields:,} fields and {entries:,} calendar"
            " entries are what the city's files say"
        )
        return
    for difference in found[:SHOWN]:
        console.plain(f"  {difference}")
    offices = len({difference.office for difference in found})
    console.plain(f"not in lockstep: {len(found):,} differences in {offices} offices; the first ones are above")


def rate(title: str, samples: list[tuple[float, int, int]]) -> str:
    """How fast events flowed while these samples were taken: (seconds, events at city-hall, deliveries of all)."""
    flowing = [sample for sample in samples if sample[1] > 0]
    if len(flowing) < 2 or flowing[-1][0] == flowing[0][0]:
        return f"{title} too short to say"
    (start, first_events, first), (end, last_events, last) = flowing[0], flowing[-1]
    seconds = end - start
    events, deliveries = (last_events - first_events) / seconds, (last - first) / seconds
    return f"{title} {events:,.0f} events/s ({deliveries:,.0f} deliveries/s)"
