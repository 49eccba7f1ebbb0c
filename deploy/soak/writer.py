#!/usr/bin/python3
"""A core app: changes records of its own and writes the events to its outbox, in the same transactions.

    writer.py --lane NAME (--sqlite FILE | --postgres DSN) [--install | [--second] [--crash POINT:PASS]]

Two threads write until SIGTERM, each with a connection of its own. A change is one more revision of a record; its
event leaves a field of its own in the record, so that the record tells in the end which events arrived. Every tenth
transaction is rolled back: what it wrote must reach nobody.

With --crash the process kills itself at the point's n-th pass: `appended`, before a commit; `appendCommitted`, after
one; passes count from when a file is there if one is named (POINT:PASS:FILE).
"""

import argparse
import os
import random
import signal
import threading
import time

from databases import Database, open_database

#: How many records there are.
RECORDS = 200
WRITERS = 2
#: Between two transactions of a writer, in seconds.
PAUSE = 0.1

SCHEMA = """
CREATE TABLE IF NOT EXISTS records (record INTEGER PRIMARY KEY, revision INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS changes (record INTEGER NOT NULL, revision INTEGER NOT NULL, number BIGINT NOT NULL);
"""


class Crash:
    """Where the process is to end, if anywhere."""

    def __init__(self, text: str | None) -> None:
        self.point, number, *file = (text or ":0").split(":", 2)
        self.left = int(number)
        self.file = file[0] if file else None
        self.lock = threading.Lock()

    def passes(self, point: str) -> None:
        """Goes on, but for the pass that is to be the last."""
        with self.lock:
            if point != self.point or self.file is not None and not os.path.exists(self.file):
                return
            self.left -= 1
            if self.left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def install(database: Database) -> None:
    """Makes the core app's own tables."""
    database.run(SCHEMA)
    for record in range(RECORDS):
        database.run(f"INSERT INTO records VALUES ({record}, 0)")


def write(database: Database, lane: str, writer: int, crash: Crash, stopped: threading.Event) -> None:
    """Changes records until it is stopped."""
    noise = random.Random()
    while not stopped.wait(PAUSE * noise.uniform(0.5, 1.5)):
        record = noise.randrange(RECORDS)
        database.run(database.begin)
        for _ in range(noise.randint(1, 3)):
            # Told apart from all others of the lane, those of rolled-back transactions among them.
            number = time.time_ns() // 1_000 * 2 * WRITERS + writer
            revise(database, lane, record, number)
        crash.passes("appended")
        database.run("ROLLBACK" if noise.random() < 0.1 else "COMMIT")
        crash.passes("appendCommitted")


def revise(database: Database, lane: str, record: int, number: int) -> None:
    """One change with its event."""
    database.run(f"UPDATE records SET revision = revision + 1 WHERE record = {record}")
    database.run(f"INSERT INTO changes SELECT record, revision, {number} FROM records WHERE record = {record}")
    database.run(
        f"INSERT INTO {database.outbox} (type, subject, scope, data) SELECT 'record.revised', 'record/{record}',"
        f" '{lane}', {database.json_object}('revision', revision, 'r' || revision, {number})"
        f" FROM records WHERE record = {record}"
    )


def main() -> None:
    """Writes until SIGTERM."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lane", required=True)
    parser.add_argument("--sqlite")
    parser.add_argument("--postgres")
    parser.add_argument("--install", action="store_true", help="make the tables, and end")
    parser.add_argument("--second", action="store_true", help="another one writes to the same database")
    parser.add_argument("--crash", help="a point and a pass, such as appended:3")
    options = parser.parse_args()
    if options.install:
        return install(open_database(options.sqlite, options.postgres))

    stopped, crash = threading.Event(), Crash(options.crash)
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    failed: list[BaseException] = []

    first = WRITERS if options.second else 0

    def work(writer: int) -> None:
        try:
            write(open_database(options.sqlite, options.postgres), options.lane, writer, crash, stopped)
        except BaseException as error:
            failed.append(error)
            stopped.set()

    threads = [threading.Thread(target=work, args=[first + writer]) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


if __name__ == "__main__":
    main()
