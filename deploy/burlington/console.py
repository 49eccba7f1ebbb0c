"""What the demo says: lines that stay, and on a terminal one line that is drawn again and again."""

import sys
import time


class Console:
    """Writes to standard output; knows whether a person is looking."""

    def __init__(self) -> None:
        self.is_terminal = sys.stdout.isatty()
        self.started = time.monotonic()
        self.drawn = False
        self.last_status = 0.0

    def say(self, text: str) -> None:
        """A line that stays, with the seconds since the start."""
        self.clear()
        print(f"{time.monotonic() - self.started:6.1f} s  {text}", flush=True)

    def plain(self, text: str = "") -> None:
        """A line without the time."""
        self.clear()
        print(text, flush=True)

    def status(self, fraction: float, text: str) -> None:
        """How far it is: redrawn on a terminal, else a line every ten seconds."""
        now = time.monotonic()
        if not self.is_terminal:
            if now - self.last_status >= 10:
                self.last_status = now
                self.say(text)
            return
        if now - self.last_status < 0.1:
            return
        self.last_status = now
        width = 30
        filled = min(width, int(fraction * width))
        bar = "█" * filled + "░" * (width - filled)
        print(f"\r\033[K{now - self.started:6.1f} s  {bar}  {text}", end="", flush=True)
        self.drawn = True

    def clear(self) -> None:
        """Takes the redrawn line away."""
        if self.drawn:
            print("\r\033[K", end="", flush=True)
            self.drawn = False


def table(titles: list[str], rows: list[list[str]]) -> str:
    """A table: the first column to the left, numbers to the right."""
    widths = [max(len(line[column]) for line in [titles, *rows]) for column in range(len(titles))]

    def line(cells: list[str]) -> str:
        aligned = [
            cell.ljust(width) if column == 0 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(cells, widths))
        ]
        return "  ".join(aligned).rstrip()

    return "\n".join([line(titles), "  ".join("─" * width for width in widths), *map(line, rows)])
