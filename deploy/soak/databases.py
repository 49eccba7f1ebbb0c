"""The databases that a core app may have: SQLite, and PostgreSQL by libpq, with the few words in which they differ."""

import ctypes
import sqlite3
from typing import Any


class DatabaseError(Exception):
    """A statement failed; the message is the database's."""


class SQLite:
    """A connection to an SQLite file, as a core app sets it up: a log, and nothing lost with the machine's power."""

    begin = "BEGIN IMMEDIATE"
    outbox = "lockstep_outbox"
    json_object = "json_object"
    waiting = "SELECT count(*) FROM lockstep_outbox WHERE outcome IS NULL"
    stuck = "SELECT count(*) FROM lockstep_outbox WHERE outcome IN ('refused', 'unrouted')"
    sent = "SELECT sent FROM lockstep_outbox_totals"

    def __init__(self, file: str) -> None:
        self.connection = sqlite3.connect(file, timeout=60, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = wal")
        self.connection.execute("PRAGMA synchronous = full")

    def run(self, sql: str) -> None:
        """Runs statements."""
        if ";" in sql:
            self.connection.executescript(sql)
        else:
            self.connection.execute(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        return [tuple(row) for row in self.connection.execute(sql)]

    def is_sound(self) -> bool:
        """Whether the file is undamaged."""
        return self.rows("PRAGMA integrity_check") == [("ok",)]

    def close(self) -> None:
        """Closes the file."""
        self.connection.close()


class Postgres:
    """A connection to a PostgreSQL server; all that is read are numbers."""

    begin = "BEGIN"
    outbox = "lockstep.outbox"
    json_object = "jsonb_build_object"
    waiting = "SELECT count(*) FROM lockstep.outbox"
    stuck = "SELECT count(*) FROM lockstep.stuck"
    sent = "SELECT coalesce(sum(sent), 0) FROM lockstep.totals"
    #: PGRES_COMMAND_OK and PGRES_TUPLES_OK of libpq-fe.h.
    GOOD = (1, 2)

    def __init__(self, address: str) -> None:
        library = ctypes.CDLL("libpq.so.5")
        for name in ("PQconnectdb", "PQexec"):
            getattr(library, name).restype = ctypes.c_void_p
        for name in ("PQgetvalue", "PQerrorMessage"):
            getattr(library, name).restype = ctypes.c_char_p
        self.library = library
        self.connection = ctypes.c_void_p(library.PQconnectdb(address.encode()))
        if library.PQstatus(self.connection) != 0:
            raise DatabaseError(self.message)

    @property
    def message(self) -> str:
        """What went wrong last."""
        return self.library.PQerrorMessage(self.connection).decode().strip()

    def run(self, sql: str) -> None:
        """Runs statements."""
        self.rows(sql)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What a query finds."""
        result = ctypes.c_void_p(self.library.PQexec(self.connection, sql.encode()))
        try:
            if self.library.PQresultStatus(result) not in self.GOOD:
                raise DatabaseError(self.message)
            width = range(self.library.PQnfields(result))
            return [
                tuple(int(self.library.PQgetvalue(result, row, column)) for column in width)
                for row in range(self.library.PQntuples(result))
            ]
        finally:
            self.library.PQclear(result)

    def is_sound(self) -> bool:
        """The server sees to that."""
        return True

    def close(self) -> None:
        """Closes the connection."""
        self.library.PQfinish(self.connection)


Database = SQLite | Postgres


def open_database(sqlite: str | None, postgres: str | None) -> Database:
    """Connects to the one that is named."""
    if sqlite is not None:
        return SQLite(sqlite)
    assert postgres is not None
    return Postgres(postgres)
