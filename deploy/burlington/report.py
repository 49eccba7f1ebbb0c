"""The demo's end: one table, the figures, and one line that says whether all is as it must be."""

import json
import sqlite3
from collections import Counter
from contextlib import closing
from decimal import Decimal

from console import Console, table
from expected import CITY_HALL, EVERYBODY, Office
from product import Counters, Lockstep, Standing
from verify import Difference, compare, compare_fields, held_by

#: From the ledger, but for the duplicates and retries, which are the offices' own counts, and the undecodable, which
#: are no events.
TITLES = ["office", "events", "has", "waiting", "dead", "no word", "p50", "p99"]
TITLES += ["duplicates", "retried", "undecodable"]
#: As many differences are shown; the rest is counted.
SHOWN = 10


def office_table(
    standings: dict[str, Standing], counters: dict[str, Counters], dead: dict[str, Counter[str]]
) -> str:
    """The offices, a line each."""
    rows: list[list[str]] = []
    for name, office in standings.items():
        numbers = [office.events, office.held, office.waiting, office.dead, office.silent]
        own = [counters[name].duplicates, counters[name].retried, dead[name]["undecodable"]]
        rows.append([
            name, *map(str, numbers), duration(office.p50), duration(office.p99), *map(str, own),
        ])
    return table(TITLES, rows)


def duration(milliseconds: float | None) -> str:
    """A delay as a person would say it."""
    if milliseconds is None:
        return "–"
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.1f} s"


def dead_letters(lockstep: Lockstep) -> dict[str, Counter[str]]:
    """How many dead letters of which class each office has."""
    return {name: Counter(lockstep.dead_letters(name)) for name in EVERYBODY}


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


def ledger_differences(
    standings: dict[str, Standing], expected: dict[str, Office], counters: dict[str, Counters]
) -> list[Difference]:
    """Where the ledger says other than the city's files and the offices' own databases."""
    found: list[Difference] = []
    for name, office in expected.items():
        standing = standings[name]
        wanted = {
            "events": (office.deliveries, standing.events),
            "has": (office.deliveries - office.refused, standing.held),
            "dead": (office.refused, standing.dead),
        }
        found += [Difference(name, "ledger", what, *pair) for what, pair in wanted.items() if pair[0] != pair[1]]
        # What came after a younger event of its record, by a retry, its database counts with the late copies.
        least, most = counters[name].applied, counters[name].applied + counters[name].superseded
        if not least <= standing.held + standing.dead <= most:
            found.append(Difference(name, "ledger", "has or dead", f"{least} to {most}", standing.held + standing.dead))
    return found


def core_differences(lockstep: Lockstep, expected: dict[str, Office], events: int) -> list[Difference]:
    """Where the core app's own table and its outbox are other than the city's files: city-hall has what it has."""
    with closing(sqlite3.connect(f"file:{lockstep.core_database}?mode=ro", uri=True)) as database:
        rows = database.execute("SELECT subject, data FROM permits").fetchall()
    held = {subject: json.loads(data, parse_int=Decimal, parse_float=Decimal) for subject, data in rows}
    # The refused event is another program's.
    hall = expected[CITY_HALL]
    wanted = {name: fields for name, fields in hall.records.items() if name in hall.calendar}
    found: list[Difference] = []
    for subject in sorted(wanted.keys() | held.keys()):
        found += compare_fields("core app", subject, "", wanted.get(subject), held.get(subject))
    outbox = lockstep.outbox()
    if (outbox.sent, outbox.waiting, outbox.unrouted, outbox.refused) != (events, 0, 0, 0):
        found.append(Difference("core app", "outbox", "sent", events, outbox))
    return found


def verdict(console: Console, found: list[Difference], expected: dict[str, Office]) -> None:
    """Says that all is in lockstep, or what differs."""
    records = sum(len(office.records) + len(office.deleted) for office in expected.values())
    fields = sum(len(fields) for office in expected.values() for fields in office.records.values())
    entries = sum(len(office.calendar) for office in expected.values())
    if not found:
        console.plain(
            f"in lockstep: {len(expected)} offices, {records:,} records, {fields:,} fields and {entries:,} calendar"
            " entries are what the city's files say, and the ledger says so, too"
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
