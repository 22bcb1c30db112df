"""Kafka and PostgreSQL on one machine, from wheels, as child processes."""
