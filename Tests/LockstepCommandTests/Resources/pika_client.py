#!/usr/bin/python3
"""A plain AMQP client that knows nothing of Lockstep but its exchange and its queues' names.

    pika_client.py publish MODE --url URL [--subject S] [--type T] [--scope S] [--data JSON]
                                       [--nested N]
    pika_client.py read OFFICE --url URL [--count N] [--keep]

MODE is `structured`, or one of binary mode's header prefixes: `cloudEvents_`, `cloudEvents:`, `ce-`.
`publish` prints the event's id once the broker has confirmed and routed it. `read` prints a JSON object a line for each
delivery of the office's queue: routing key, content type, message id, type, headers, body. With --keep they go back.
Exit status 0: done; anything else: not. Needs python3-pika.
"""

import argparse
import json
import sys
import uuid
from datetime import datetime, timezone
from typing import Any

import pika

PREFIXES = ("cloudEvents_", "cloudEvents:", "ce-")
#: How long `read` waits for its deliveries, in seconds.
LIMIT = 20


def publish(channel: Any, options: argparse.Namespace) -> None:
    """Publishes one event the way that any CloudEvents library would."""
    attributes = {
        "specversion": "1.0",
        "id": options.id or str(uuid.uuid4()),
        "source": options.source,
        "type": options.type,
        "subject": options.subject,
        "time": datetime.now(timezone.utc).isoformat().replace("+00:00", "Z"),
    }
    if options.scope:
        attributes["scope"] = options.scope
    if options.mode == "structured":
        event = {**attributes, "datacontenttype": "application/json", "data": json.loads(options.data)}
        body = json.dumps(event)
        properties = pika.BasicProperties(content_type="application/cloudevents+json; charset=utf-8", delivery_mode=2)
    else:
        body = options.data
        headers = {options.mode + name: value for name, value in attributes.items()}
        properties = pika.BasicProperties(content_type="application/json", headers=headers, delivery_mode=2)
    if options.nested:
        properties.message_id = attributes["id"]
        properties.headers = {**(properties.headers or {}), "nested": nested(options.nested)}
    routing_key = f"{options.type}.{options.scope}" if options.scope else options.type
    channel.confirm_delivery()
    channel.basic_publish("lockstep.events", routing_key, body.encode(), properties, mandatory=True)
    print(attributes["id"])


def nested(depth: int) -> dict[str, Any]:
    """Tables in tables, so many; whoever encodes them calls itself as often."""
    sys.setrecursionlimit(100_000)
    table: dict[str, Any] = {}
    for _ in range(depth):
        table = {"a": table}
    return table


def read(channel: Any, options: argparse.Namespace) -> None:
    """Takes deliveries out of an office's queue."""
    tags: list[int] = []
    # Not basic.get: RabbitMQ refuses it for a queue with a single active consumer.
    for method, properties, body in channel.consume(f"lockstep.office.{options.office}", inactivity_timeout=LIMIT):
        if method is None:
            sys.exit(f"only {len(tags)} of {options.count} deliveries within {LIMIT} s")
        tags.append(method.delivery_tag)
        delivery = {
            "routing_key": method.routing_key,
            "content_type": properties.content_type,
            "message_id": properties.message_id,
            "type": properties.type,
            "app_id": properties.app_id,
            "delivery_mode": properties.delivery_mode,
            "headers": properties.headers or {},
            "body": body.decode(),
        }
        print(json.dumps(delivery, default=str))
        if len(tags) == options.count:
            break
    for tag in tags:
        if options.keep:
            channel.basic_nack(tag, requeue=True)
        else:
            channel.basic_ack(tag)


def main() -> None:
    """Reads the arguments and does it."""
    parser = argparse.ArgumentParser(description="Publish to and read from Lockstep with plain AMQP.")
    commands = parser.add_subparsers(required=True)
    publishing = commands.add_parser("publish")
    publishing.add_argument("mode", choices=["structured", *PREFIXES])
    publishing.add_argument("--url", required=True)
    publishing.add_argument("--id")
    publishing.add_argument("--source", default="https://permits.example/pika")
    publishing.add_argument("--type", default="permit.issued")
    publishing.add_argument("--subject", default="permit/24-019651")
    publishing.add_argument("--scope", default="")
    publishing.add_argument("--data", default='{"FOLDERSTATUSDESC":"Issued"}')
    publishing.add_argument("--nested", type=int, default=0)
    publishing.set_defaults(run=publish)
    reading = commands.add_parser("read")
    reading.add_argument("office")
    reading.add_argument("--url", required=True)
    reading.add_argument("--count", type=int, default=1)
    reading.add_argument("--keep", action="store_true")
    reading.set_defaults(run=read)
    options = parser.parse_args()
    connection = pika.BlockingConnection(pika.URLParameters(options.url))
    try:
        options.run(connection.channel(), options)
    finally:
        connection.close()


if __name__ == "__main__":
    main()
