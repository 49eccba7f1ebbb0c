"""A PostgreSQL server of one's own, reached by a Unix socket only."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

from databases import DatabaseError, Postgres
from processes import DemoError, Processes, wait_until


class PostgresServer:
    """Runs until ``Processes`` ends it; its files are below a directory of its own, for its own account."""

    def __init__(self, processes: Processes) -> None:
        programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        if not programs:
            raise DemoError("PostgreSQL is not installed: apt-get install postgresql")
        # Short, for the socket's path; and where PostgreSQL's own account may enter, since it refuses to run as root.
        self.directory = Path(tempfile.mkdtemp(prefix="lockstep-postgres-"))
        command: list[str] = []
        if os.getuid() == 0:
            account = pwd.getpwnam("postgres")
            os.chown(self.directory, account.pw_uid, account.pw_gid)
            command = ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]
        data = str(self.directory / "data")
        made = subprocess.run(
            [*command, str(programs[-1] / "initdb"), "-D", data, "-U", "postgres", "-A", "trust"],
            capture_output=True, text=True, check=False, cwd="/",
        )
        if made.returncode != 0:
            raise DemoError(f"initdb failed: {made.stderr.strip()[-600:]}")
        server = [str(programs[-1] / "postgres"), "-D", data, "-k", str(self.directory), "-c", "listen_addresses="]
        processes.start("postgres", [*command, *server])
        wait_until(self.answers, 30, "PostgreSQL's start")

    def address(self, database: str = "postgres") -> str:
        """Where libpq connects."""
        return f"host='{self.directory}' port=5432 user=postgres dbname='{database}'"

    def answers(self) -> bool:
        """Whether it takes connections."""
        try:
            Postgres(self.address()).close()
        except DatabaseError:
            return False
        return True

    def make(self, database: str) -> str:
        """Makes a database, and returns its address."""
        server = Postgres(self.address())
        server.run(f'CREATE DATABASE "{database}"')
        server.close()
        return self.address(database)

    def remove(self) -> None:
        """Removes its files, after its end."""
        shutil.rmtree(self.directory, ignore_errors=True)
