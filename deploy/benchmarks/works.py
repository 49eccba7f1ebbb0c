"""The pieces of work that are done in plain C and in Lockstep."""

from dataclasses import dataclass, field


@dataclass
class Work:
    """One line of the table."""

    name: str
    count: int
    #: The plain C program's word for it, and Lockstep's.
    c: str
    lockstep: str
    #: What is done before: nothing, "fill" a queue, "several" queues, the "office".
    before: str = ""
    options: list[str] = field(default_factory=list)
    #: What only Lockstep's program is told.
    ours: list[str] = field(default_factory=list)
    #: Whether it is latency that counts, and not throughput.
    latency: bool = False


WORKS = [
    Work("publish", 60_000, "publish", "publish"),
    Work("publish-tasks", 60_000, "publish", "publish-tasks"),
    Work("publish-one", 3_000, "publish-one", "publish-one", latency=True),
    Work("publish-near", 3_000, "publish-one", "publish-one", ours=["--near"], latency=True),
    Work("consume", 100_000, "consume", "consume", before="fill"),
    Work("consume-near", 100_000, "consume", "consume", before="fill", ours=["--near"]),
    Work("fan-out", 50_000, "fan-out", "fan-out", before="several"),
    Work("office", 50_000, "office", "office", before="office"),
    Work("office-alone", 50_000, "office", "office", before="office", ours=["--unreported"]),
    Work("office-usual", 50_000, "office", "office", before="office", ours=["--immediate"]),
    Work("office-usual-alone", 50_000, "office", "office", before="office", ours=["--immediate", "--unreported"]),
    Work("follow", 5_000, "follow", "follow", before="pace", latency=True),
]
