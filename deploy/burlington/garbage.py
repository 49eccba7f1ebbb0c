#!/usr/bin/python3
"""Sends 20 messages to lockstep.events that are no events, each in its own way: `garbage.py ROUTING-KEY`.

The broker's URL is in LOCKSTEP_BROKER_URL: it may hold a password, which a command line would show to everybody.
Needs python3-pika. Each message is confirmed and routed, or the exit status is not 0.
"""

import json
import os
import random
import sys
from typing import Any, NamedTuple

import pika

STRUCTURED = "application/cloudevents+json"
BINARY = "application/json"

#: An event in its JSON format; each message below spoils it in one way.
EVENT = {
    "specversion": "1.0",
    "id": "garbage",
    "source": "somebody",
    "type": "permit.issued",
    "subject": "permit/00-000000",
    "time": "2024-01-01T00:00:00Z",
    "data": {"FOLDERSTATUSDESC": "Issued"},
}
HEADERS = {f"cloudEvents_{name}": value for name, value in EVENT.items() if name != "data"}


class Message(NamedTuple):
    """What a publisher can set."""

    content_type: str | None
    headers: dict[str, Any]
    body: bytes


def structured(**changes: Any) -> Message:
    """The event in structured mode, with other members; None takes one away."""
    event = {name: value for name, value in {**EVENT, **changes}.items() if value is not None}
    return Message(STRUCTURED, {}, json.dumps(event).encode())


def binary(body: bytes, **changes: Any) -> Message:
    """The event in binary mode, with another body and other headers; None takes one away."""
    headers = {**HEADERS, **{f"cloudEvents_{name}": value for name, value in changes.items()}}
    return Message(BINARY, {name: value for name, value in headers.items() if value is not None}, body)


def messages(noise: random.Random) -> list[Message]:
    """Twenty ways to be no event."""
    return [
        Message(None, {}, b""),
        Message(None, {}, noise.randbytes(4096)),
        Message("application/octet-stream", HEADERS, b"{}"),
        Message(STRUCTURED, {}, b""),
        Message(STRUCTURED, {}, b'{"specversion":"1.0","id":"cut o'),
        Message(STRUCTURED, {}, b"[" * 10_000 + b"]" * 10_000),
        Message(STRUCTURED, {}, json.dumps([EVENT]).encode()),
        structured(subject=None),
        structured(type="permit issued!"),
        structured(time="yesterday"),
        structured(data="issued"),
        structured(data=None, data_base64="AAAA"),
        binary(b'{"FOLDERSTATUSDESC":"\xff\xfe"}'),
        binary(b'{"a":' * 10_000 + b"1" + b"}" * 10_000),
        binary(b'{"FOLDERSTATUSDESC":"Issued","FOLDERSTATUSDESC":"Final"}'),
        binary(b'["Issued"]'),
        binary(b'{"CONSTRUCTVALUE":1e999999}'),
        binary(b"{}", id=None),
        binary(b"{}", recordversion="the newest of all"),
        binary(b"{}", specversion={"major": 2, "minor": [noise.getrandbits(31)]}),
    ]


def main() -> None:
    """Publishes them all."""
    routing_key = sys.argv[1]
    noise = random.Random(int(os.environ.get("LOCKSTEP_DEMO_SEED", "1")))
    connection = pika.BlockingConnection(pika.URLParameters(os.environ["LOCKSTEP_BROKER_URL"]))
    channel = connection.channel()
    channel.confirm_delivery()
    sent = 0
    for message in messages(noise):
        properties = pika.BasicProperties(
            content_type=message.content_type, headers=message.headers, delivery_mode=2
        )
        channel.basic_publish("lockstep.events", routing_key, message.body, properties, mandatory=True)
        sent += 1
    connection.close()
    print(sent)


if __name__ == "__main__":
    main()
