"""The one table of topics; `bancheng topics apply` makes the broker agree with it."""

from dataclasses import dataclass, replace

from aiokafka.admin import AIOKafkaAdminClient, NewTopic

PUBLISHERS = ("intake", "triage", "referral", "deadlines")
CONSUMERS = ("intake", "triage", "referral", "deadlines", "audit", "console")
PARTITIONS = 24  # the same for every topic and never changed: one matter's topics reach one process


@dataclass(frozen=True)
class Topic:
    """A topic; events hold no personal data and are kept for ever, dead letters for a month."""

    name: str
    partitions: int = PARTITIONS
    retention_ms: int = -1


TOPICS = (
    *(Topic(name) for name in PUBLISHERS),
    Topic("operations"),
    Topic("audit.checkpoints", partitions=1),
    *(Topic(f"{name}.dlq", partitions=1, retention_ms=30 * 24 * 3600 * 1000) for name in CONSUMERS),
)


@dataclass(frozen=True)
class Applied:
    """What `apply` found and did."""

    created: list[str]
    present: list[str]
    wrong: list[str]


async def apply(bootstrap: str, prefix: str, replication: int, partitions: int = PARTITIONS) -> Applied:
    """Create the topics that are missing and name those whose partition count differs; nothing is ever deleted."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        await admin.start()
        wanted = {
            f"{prefix}.{topic.name}": replace(topic, partitions=min(topic.partitions, partitions)) for topic in TOPICS
        }
        existing = set(await admin.list_topics())
        missing = [name for name in wanted if name not in existing]
        if missing:
            await admin.create_topics([_new(name, wanted[name], replication) for name in missing])
        present = [name for name in wanted if name in existing]
        described = await admin.describe_topics(present) if present else []
        wrong = [
            f"{found['topic']}: {len(found['partitions'])} partitions instead of {wanted[found['topic']].partitions}"
            for found in described
            if len(found["partitions"]) != wanted[found["topic"]].partitions
        ]
        return Applied(missing, present, wrong)
    finally:
        await admin.close()


def _new(name: str, topic: Topic, replication: int) -> NewTopic:
    in_sync = str(max(1, replication - 1))
    return NewTopic(
        name=name,
        num_partitions=topic.partitions,
        replication_factor=replication,
        topic_configs={"retention.ms": str(topic.retention_ms), "min.insync.replicas": in_sync},
    )


__all__ = ["CONSUMERS", "PARTITIONS", "PUBLISHERS", "TOPICS", "Applied", "Topic", "apply"]
