"""Offices whose clocks are wrong, by Debian's libfaketime."""

import platform
from pathlib import Path

from processes import DemoError, is_alive

#: What the offices' clocks show beside the true time, in seconds: two minutes between the wards.
OFFSETS = {"city-hall": 0, "ward-1": 60, "ward-2": -60}
LIBRARY = Path(f"/usr/lib/{platform.machine()}-linux-gnu/faketime/libfaketimeMT.so.1")


def of(office: str) -> list[str]:
    """What a command begins with that goes by an office's clock.

    The library changes the environment of the first program that it is loaded into, where Swift then does not find its
    arguments any more: the second `env` is that program.
    """
    offset = OFFSETS[office]
    if offset == 0:
        return []
    if not LIBRARY.exists():
        raise DemoError(f"{LIBRARY} is missing; install Debian's libfaketime")
    settings = [f"FAKETIME={offset:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC=1"]
    return ["/usr/bin/env", f"LD_PRELOAD={LIBRARY}", *settings, "/usr/bin/env"]


def clean_up() -> None:
    """Removes the shared memory that the library leaves behind for each program."""
    for file in Path("/dev/shm").glob("*faketime_s*_*"):
        if not is_alive(int(file.name.rpartition("_")[2])):
            file.unlink(missing_ok=True)
