#!/usr/bin/python3
"""Runs each piece of work in plain C and in Lockstep, in turn, and prints the ratios.

Run by deploy/bench, which installs what is missing and builds. Reads from top to bottom: `run` is the story.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
# What starts and stops processes and the private broker is the demo's.
sys.path.append(str(HERE.parent / "burlington"))

from console import Console, table
from processes import DemoError, Processes
from product import Lockstep
from works import WORKS, Work

#: How long one piece of work may take, in seconds.
LIMIT = 300
#: How many events an outbox's relay is measured with.
RELAYED = 150_000


class Bench:
    """One run."""

    def __init__(self, options: argparse.Namespace, console: Console) -> None:
        self.options = options
        self.console = console
        self.state: Path = options.state
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LOCKSTEP_")}
        self.processes = Processes(self.state / "logs", environment)
        self.product = Lockstep(options.binaries / "lockstep", Path("/dev/null"), self.state, self.processes)
        self.url = ""
        self.results: dict[str, dict[str, list[dict[str, float]]]] = {}

    def run(self) -> None:
        """Everything, up to the table."""
        self.console.say("starting a private broker")
        self.product.broker("start", "--json")
        self.url = self.product.broker_status().amqp
        works = [work for work in WORKS if not self.options.only or work.name in self.options.only]
        for number in range(self.options.rounds):
            for work in works:
                programs = ["c", "lockstep"] if number % 2 == 0 else ["lockstep", "c"]
                for program in programs:
                    result = self.measure(work, program)
                    self.results.setdefault(work.name, {}).setdefault(program, []).append(result)
                    self.console.say(f"round {number + 1}: {work.name}, {program}: {describe(work, result)}")
        if works:
            self.print_table(works)
        if not self.options.only or "idle" in self.options.only:
            self.measure_idle()
        if not self.options.only or "relay" in self.options.only:
            self.measure_relay()
        if not self.options.only or "relay-postgres" in self.options.only:
            self.measure_postgres_relay()
        if self.options.json:
            self.options.json.write_text(json.dumps(self.results, indent=1) + "\n")

    def measure(self, work: Work, program: str) -> dict[str, float]:
        """One run of one program; its queues are made anew before it."""
        count = max(100, int(work.count * self.options.scale))
        queue = f"bench-{work.name}"
        with tempfile.TemporaryDirectory(dir=self.state) as directory:
            words = ["--count", str(count), *work.options]
            match work.before:
                case "":
                    self.lockstep("prepare", "--queue", queue)
                case "fill":
                    self.lockstep("prepare", "--queue", queue)
                    self.lockstep("fill", "--queue", queue, "--count", str(count))
                case "several":
                    self.lockstep("prepare", "--queue", queue, "--several")
                    self.lockstep("fill", "--queue", queue, "--several", "--count", str(count // 50))
                case "office":
                    queue = self.lockstep("prepare-office").strip()
                    self.lockstep("fill-office", "--count", str(count))
                    words += ["--file", f"{directory}/replica.sqlite"]
                case "pace":
                    queue = self.lockstep("prepare-office").strip()
                    words += ["--file", f"{directory}/replica.sqlite"]
            words += work.ours if program == "lockstep" else []
            command = self.command(program, getattr(work, program), "--queue", queue, *words)
            if work.before != "pace":
                return json.loads(self.processes.run(command, LIMIT))
            follower = subprocess.Popen(command, stdout=subprocess.PIPE, env=self.processes.environment)
            try:
                self.lockstep("pace", "--count", str(count))
                output, _ = follower.communicate(timeout=LIMIT)
            finally:
                follower.kill()
            return json.loads(output)

    def measure_idle(self) -> None:
        """A thousand consumers of empty queues: there is nothing in C to compare it with, but the targets."""
        queues = ["--queue", "bench-idle", "--queues", str(self.options.idle)]
        self.lockstep("prepare", "--several", *queues)
        result = json.loads(self.processes.run(self.command("lockstep", "idle", *queues), LIMIT))
        self.results["idle"] = {"lockstep": [result]}
        self.console.plain(
            f"{self.options.idle} consumers idle in one process: {result['rss'] / 2**20:.0f} MiB RSS, "
            f"{100 * result['cpu'] / result['seconds']:.2f} % of a core"
        )

    def measure_relay(self) -> None:
        """An outbox beside what the same client publishes plainly in the same run, and with much else in it."""
        count = max(100, int(RELAYED * self.options.scale))
        sent, waiting = str(self.options.sent), str(self.options.waiting)
        kinds = {"empty": [], f"{sent} sent": ["--sent", sent], f"{waiting} waiting": ["--waiting", waiting]}
        rows = []
        for number in range(self.options.rounds):
            for kind, words in kinds.items():
                self.lockstep("prepare-office")
                result = self.relay("relay", count, *words)
                self.results.setdefault("relay", {}).setdefault(kind, []).append(result)
                plain = result["count"] / result["plain_seconds"]
                self.console.say(f"round {number + 1}: relay, {kind}: {rate(result):,.0f}/s, plain {plain:,.0f}/s")
        for kind, results in self.results["relay"].items():
            ratios = [result["plain_seconds"] / result["seconds"] for result in results]
            rows.append([f"relay, {kind}", f"{statistics.median(map(rate, results)):,.0f}/s", spread(ratios)])
        for kind, words in {"own process": [], "other process": ["--foreign"]}.items():
            self.lockstep("prepare-office")
            result = self.relay("relay-one", max(100, int(500 * self.options.scale)), *words)
            self.results.setdefault("relay-one", {})[kind] = [result]
            rows.append([f"commit to confirm, {kind}", f"p50 {result['p50']:.0f} µs", f"p99 {result['p99']:.0f} µs"])
        self.console.plain()
        self.console.plain(table(["work", "Lockstep", "÷ plain publish"], rows))

    def measure_postgres_relay(self) -> None:
        """The same over an outbox in PostgreSQL, with a server of its own whose commits are on disk."""
        results = []
        for number in range(self.options.rounds):
            self.lockstep("prepare-office")
            result = self.over_postgres("relay-postgres", max(100, int(RELAYED * self.options.scale)))
            results.append(result)
            plain = result["count"] / result["plain_seconds"]
            self.console.say(f"round {number + 1}: relay, PostgreSQL: {rate(result):,.0f}/s, plain {plain:,.0f}/s")
        self.lockstep("prepare-office")
        singly = self.over_postgres("relay-one-postgres", max(100, int(500 * self.options.scale)))
        self.results["relay-postgres"] = {"lockstep": results}
        self.results["relay-one-postgres"] = {"lockstep": [singly]}
        ratios = [result["plain_seconds"] / result["seconds"] for result in results]
        rows = [
            ["relay, PostgreSQL", f"{statistics.median(map(rate, results)):,.0f}/s", spread(ratios)],
            ["commit to confirm, PostgreSQL", f"p50 {singly['p50']:.0f} µs", f"p99 {singly['p99']:.0f} µs"],
        ]
        self.console.plain()
        self.console.plain(table(["work", "Lockstep", "÷ plain publish"], rows))

    def over_postgres(self, work: str, count: int) -> dict[str, float]:
        """One run with a new PostgreSQL server; its user must be able to reach the directory."""
        with tempfile.TemporaryDirectory(prefix="lockstep-bench-pg-") as directory:
            os.chmod(directory, 0o755)
            words = ("--count", str(count), "--directory", f"{directory}/server")
            return json.loads(self.processes.run(self.command("lockstep", work, *words), 2 * LIMIT))

    def relay(self, work: str, count: int, *words: str) -> dict[str, float]:
        """One run over a database of its own."""
        with tempfile.TemporaryDirectory(dir=self.state) as directory:
            words = ("--count", str(count), "--file", f"{directory}/core.sqlite", *words)
            return json.loads(self.processes.run(self.command("lockstep", work, *words), 6 * LIMIT))

    def command(self, program: str, work: str, *words: str) -> list[str]:
        binary = self.options.binaries / ("BenchmarkBaseline" if program == "c" else "Benchmarks")
        return [str(binary), work, "--url", self.url, *words]

    def lockstep(self, work: str, *words: str) -> str:
        return self.processes.run(self.command("lockstep", work, *words), LIMIT)

    def print_table(self, works: list[Work]) -> None:
        """Medians, and of the ratios also the smallest and the largest of all rounds."""
        rows = []
        for work in works:
            c, ours = self.results[work.name]["c"], self.results[work.name]["lockstep"]
            pairs = list(zip(c, ours))
            cpu = [per_message(b) / per_message(a) for a, b in pairs]
            if work.latency:
                for name in ["p50", "p99"]:
                    ratios = [b[name] / a[name] for a, b in pairs]
                    rows.append(
                        [f"{work.name} {name}", f"{median(c, name):.0f} µs", f"{median(ours, name):.0f} µs"]
                        + [spread(ratios), spread(cpu), rss(ours)]
                    )
            else:
                ratios = [rate(b) / rate(a) for a, b in pairs]
                figures = [f"{statistics.median(map(rate, all)):,.0f}/s" for all in (c, ours)]
                rows.append([work.name, *figures, spread(ratios), spread(cpu), rss(ours)])
        self.console.plain()
        self.console.plain(table(["work", "C", "Lockstep", "Lockstep ÷ C", "CPU ÷ C", "RSS"], rows))


def rate(result: dict[str, float]) -> float:
    return result["count"] / result["seconds"]


def per_message(result: dict[str, float]) -> float:
    return result["cpu"] / result["count"]


def median(results: list[dict[str, float]], name: str) -> float:
    return statistics.median(result[name] for result in results)


def rss(results: list[dict[str, float]]) -> str:
    return f"{median(results, 'rss') / 2**20:.0f} MiB"


def spread(ratios: list[float]) -> str:
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def describe(work: Work, result: dict[str, Any]) -> str:
    cpu = f"{per_message(result) * 1e6:.1f} µs of CPU each"
    if work.latency:
        return f"p50 {result['p50']:.0f} µs, p99 {result['p99']:.0f} µs, {cpu}"
    return f"{rate(result):,.0f}/s, {cpu}"


def main() -> int:
    parser = argparse.ArgumentParser(prog="deploy/bench", description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5, help="how often each work is done by each program")
    parser.add_argument("--only", type=lambda text: text.split(","), help="only these works, by name")
    parser.add_argument("--scale", type=float, default=1, help="how many messages, as a factor")
    parser.add_argument("--idle", type=int, default=1_000, help="how many idle consumers")
    parser.add_argument("--sent", type=int, default=1_000_000, help="how many sent rows a full outbox holds")
    parser.add_argument("--waiting", type=int, default=1_000_000, help="how many rows wait in a full outbox")
    parser.add_argument("--state", type=Path, help="where the broker lives; a temporary directory by default")
    parser.add_argument("--json", type=Path, help="where all results go")
    parser.add_argument("--binaries", type=Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--from", dest="caller", type=Path, default=Path.cwd(), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.json:
        options.json = options.caller / options.json
    given = options.state is not None
    options.state = options.caller / options.state if given else Path(tempfile.mkdtemp(prefix="lockstep-bench-"))
    options.state.mkdir(parents=True, exist_ok=True)
    bench = Bench(options, console := Console())
    started = time.monotonic()
    try:
        bench.run()
        console.say(f"done in {time.monotonic() - started:.0f} s")
        return 0
    except (DemoError, subprocess.SubprocessError, json.JSONDecodeError) as error:
        console.plain(f"failed: {error}")
        return 1
    except KeyboardInterrupt:
        console.plain("interrupted")
        return 130
    finally:
        bench.product.broker("stop")
        if not given:
            shutil.rmtree(options.state, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
