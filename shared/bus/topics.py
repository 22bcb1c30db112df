"""The one table of topics; `bancheng topics apply` makes the broker agree with it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code

PUBLISHERS = ("intake", "triage", "referral", "deadlines")
CONSUMERS = ("intake", "triage", "referral", "deadlines", "audit", "console")
PATIENCE = 3.0  # seconds for a topic to be found
COMPACTED_EVERY = str(3600 * 1000)  # ms until a part of the log may be compacted: an hour of words is read at a start
PARTITIONS = 24  # the same for every topic and never changed: one matter's topics reach one process


@dataclass(frozen=True)
class Topic:
    """A topic; events hold no personal data and are kept for ever, dead letters for a month."""

    name: str
    partitions: int = PARTITIONS
    retention_ms: int = -1
    compacted: bool = False


TOPICS = (
    *(Topic(name) for name in PUBLISHERS),
    Topic("operations"),
    Topic("progress", partitions=1, compacted=True),  # no events: how far each relay is
    Topic("audit.checkpoints", partitions=1),
    *(Topic(f"{name}.dlq", partitions=1, retention_ms=30 * 24 * 3600 * 1000) for name in CONSUMERS),
)


class NotCreated(RuntimeError):
    """The brokers refused a topic: too few of them for the copies wanted, no right to make one."""


@dataclass(frozen=True)
class Applied:
    """What `apply` found and did."""

    created: list[str]
    present: list[str]
    wrong: list[str]


async def apply(bootstrap: str, prefix: str, replication: int, partitions: int = PARTITIONS) -> Applied:
    """Create the topics that are missing and name those that differ; nothing is ever deleted.

    Raises NotCreated where the brokers refuse one, and KafkaError where there is none to ask.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        wanted = {
            f"{prefix}.{topic.name}": replace(topic, partitions=min(topic.partitions, partitions)) for topic in TOPICS
        }
        existing = set(await admin.list_topics())
        missing = [name for name in wanted if name not in existing]
        if missing:
            made = await admin.create_topics([_new(name, wanted[name], replication) for name in missing])
            if known := _known_already(made):  # by another who was faster, or this broker had not heard of them
                await _heard_of(admin, known)
                existing |= known
                missing = [name for name in missing if name not in known]
        present = [name for name in wanted if name in existing]
        described = await admin.describe_topics(present) if present else []
        differing = (_differs(found, wanted[found["topic"]], replication) for found in described)
        return Applied(missing, present, [line for line in differing if line])
    finally:
        await admin.close()


async def is_there(producer: AIOKafkaProducer, topic: str) -> bool:
    """Whether a topic can be written to."""
    if producer.client.cluster.partitions_for_topic(topic) is not None:
        return True
    try:
        await asyncio.wait_for(producer.partitions_for(topic), PATIENCE)
    except (TimeoutError, KafkaError):
        return False
    return True


def _known_already(answer: Any) -> set[str]:
    """Those that were there; raises NotCreated for one that is not made."""
    for name, code, why in answer.topic_errors:
        if code not in (0, TopicAlreadyExistsError.errno):
            raise NotCreated(f"{name}: {why or for_code(code).__name__}")
    return {name for name, code, _ in answer.topic_errors if code}


async def _heard_of(admin: AIOKafkaAdminClient, names: set[str]) -> None:
    """Wait until the broker that is asked lists them: the others told it a moment ago."""
    for _ in range(50):
        if names <= set(await admin.list_topics()):
            return
        await asyncio.sleep(0.1)


def _differs(found: Mapping[str, Any], wanted: Topic, replication: int) -> str | None:
    partitions = found["partitions"]
    if len(partitions) != wanted.partitions:
        return f"{found['topic']}: {len(partitions)} partitions instead of {wanted.partitions}"
    fewest = min(len(partition["replicas"]) for partition in partitions)
    return f"{found['topic']}: {fewest} replicas instead of {replication}" if fewest < replication else None


def _new(name: str, topic: Topic, replication: int) -> NewTopic:
    configs = {"retention.ms": str(topic.retention_ms), "min.insync.replicas": str(max(1, replication - 1))}
    if topic.compacted:
        configs |= {"cleanup.policy": "compact", "segment.ms": COMPACTED_EVERY, "min.cleanable.dirty.ratio": "0.1"}
    return NewTopic(
        name=name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs=configs,
    )


__all__ = ["CONSUMERS", "PARTITIONS", "PUBLISHERS", "TOPICS", "Applied", "NotCreated", "Topic", "apply", "is_there"]
