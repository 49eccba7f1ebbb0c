#!/usr/bin/python3
"""The city's permit desk: a small program that keeps permits in its own SQLite database.

    core_app.py DATABASE < LIMITS

What happens, it writes in transactions of up to 25 events: the permits as they are then, the events in the outbox, and
how far it has come. So it may be killed at any moment: the next one goes on where the last commit was. Standard input
says how far it may go, a number of events a line; at the input's end it ends.
"""

import json
import sqlite3
import sys
from typing import Any, Iterable

from history import events

#: The most events of one transaction.
BATCH = 25

SCHEMA = """
CREATE TABLE IF NOT EXISTS permits (subject TEXT PRIMARY KEY, data TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS progress (id INTEGER PRIMARY KEY CHECK (id = 1), written INTEGER NOT NULL);
INSERT OR IGNORE INTO progress VALUES (1, 0);
"""

INSERT = """
INSERT INTO lockstep_outbox (id, type, subject, scope, operation, data, time) VALUES (?, ?, ?, ?, ?, ?, ?)
"""


def connect(file: str) -> sqlite3.Connection:
    """The database as the program uses it: what has committed survives a power cut."""
    database = sqlite3.connect(file, timeout=20, isolation_level=None)
    database.execute("PRAGMA journal_mode = wal")
    database.execute("PRAGMA synchronous = full")
    return database


def written(database: sqlite3.Connection) -> int:
    """How many events have been committed."""
    return int(database.execute("SELECT written FROM progress").fetchone()[0])


def work(database: sqlite3.Connection, steps: list[dict[str, Any]], limits: Iterable[int]) -> None:
    """Goes on from the last commit, up to each limit in turn."""
    done = written(database)
    for limit in limits:
        while done < min(limit, len(steps)):
            batch = steps[done : min(done + BATCH, limit)]
            database.execute("BEGIN IMMEDIATE")
            for event in batch:
                write(database, event)
            done += len(batch)
            database.execute("UPDATE progress SET written = ?", [done])
            database.execute("COMMIT")


def write(database: sqlite3.Connection, event: dict[str, Any]) -> None:
    """One change of a permit or a policy, and its event."""
    subject, data = event["subject"], event.get("data", {})
    if event.get("operation") == "delete":
        database.execute("DELETE FROM permits WHERE subject = ?", [subject])
    else:
        row = database.execute("SELECT data FROM permits WHERE subject = ?", [subject]).fetchone()
        fields = {**(json.loads(row[0]) if row else {}), **data}
        fields = {name: value for name, value in fields.items() if value is not None}
        database.execute("INSERT OR REPLACE INTO permits VALUES (?, ?)", [subject, json.dumps(fields)])
    operation = event.get("operation", "merge")
    database.execute(
        INSERT,
        [event["id"], event["type"], subject, event.get("scope"), operation, json.dumps(data), event["time"]],
    )


def main() -> None:
    """Works until the input ends."""
    database = connect(sys.argv[1])
    database.executescript(SCHEMA)
    work(database, list(events()), (int(line) for line in sys.stdin))


if __name__ == "__main__":
    main()
