"""Feeds events to `lockstep publish --from -`, no further than the soak allows."""

import subprocess
import threading
import time

from processes import DemoError


class Feed:
    """Writes events to a publisher's input from a thread of its own.

    The pipe pushes back, so what has been written is what the publisher has taken, up to the pipe's 64 KiB.
    """

    def __init__(self, publisher: subprocess.Popen[bytes], lines: list[bytes]) -> None:
        self.publisher = publisher
        self.lines = lines
        self.written = 0
        self.allowed = 0
        self.changed = threading.Condition()
        # A daemon: where the soak fails, nobody waits for a pipe that nobody reads.
        self.thread = threading.Thread(target=self.run, name="feed", daemon=True)
        self.thread.start()

    def run(self) -> None:
        """Writes until all is written or the publisher is gone."""
        assert self.publisher.stdin is not None
        try:
            while self.written < len(self.lines):
                with self.changed:
                    self.changed.wait_for(lambda: self.written < self.allowed)
                    batch = self.lines[self.written : min(self.allowed, self.written + 100)]
                self.publisher.stdin.write(b"".join(batch))
                self.publisher.stdin.flush()
                with self.changed:
                    self.written += len(batch)
                    self.changed.notify_all()
            self.publisher.stdin.close()
        except BrokenPipeError:
            pass  # The publisher is gone; its exit status says why.

    def allow(self, fraction: float) -> None:
        """Lets it go on up to a fraction of the events."""
        with self.changed:
            self.allowed = int(len(self.lines) * fraction)
            self.changed.notify_all()

    def has_written(self, fraction: float) -> bool:
        """Whether so much of the events is written."""
        return self.written >= int(len(self.lines) * fraction)

    def finish(self, limit: float) -> None:
        """Waits until the publisher has had everything confirmed and has ended."""
        status = self.end(limit)
        if status != 0:
            raise DemoError(f"`lockstep publish` ended with status {status}")

    def end(self, limit: float) -> int:
        """Lets it go on to the end and returns the publisher's exit status."""
        self.allow(1)
        deadline = time.monotonic() + limit
        self.thread.join(limit)
        try:
            return self.publisher.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"`lockstep publish` did not end within {limit:.0f} s") from error
