# Bancheng's doors. They need only Python >= 3.11 and make: what else is needed is set up on first use.

.DEFAULT_GOAL := help
.PHONY: help setup demo up test faults bench format generate lock
SHELL := /bin/sh

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
CODE := bancheng services shared tests
OLD_ENOUGH := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))
# The system's own first: one compiled by hand is often not optimised, and everything a third slower.
PYTHON ?= $(shell for found in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do \
	$$found -c '$(OLD_ENOUGH)' 2>/dev/null && { echo $$found; break; }; done)

help:  ## what there is
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(READY)  ## .venv and Kafka's jars, when they are not there or the lock has changed

demo: $(READY)  ## plays the stories through all services; ARGS=--exit leaves when they are over
	@$(BIN)/bancheng demo $(ARGS)

up: $(READY)  ## starts an empty system on this machine, until Ctrl-C
	@$(BIN)/bancheng up $(ARGS)

test: $(READY)  ## format, lint, types, import rules, then all tests on a real broker and database
	@echo '== format' && $(BIN)/ruff format --quiet --check $(CODE)
	@echo '== lint' && $(BIN)/ruff check --quiet $(CODE)
	@echo '== types' && $(BIN)/mypy $(CODE)
	@echo '== import rules' && $(BIN)/lint-imports --no-logo
	@echo '== tests' && $(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(ARGS)

faults: $(READY)  ## breaks parts under work, at length, and writes docs/guarantees.md; ARGS='-k broker' for some
	@BANCHENG_FAULTS=long BANCHENG_FAULTS_RESULTS=docs/guarantees.jsonl $(BIN)/python -m pytest tests/faults $(ARGS); \
	status=$$?; $(BIN)/python -m tests.faults.table && exit $$status

bench: $(READY)  ## measures commands, events and lag of the whole system
	@$(BIN)/python -m tests.bench $(ARGS)

format: $(READY)  ## formats the code and sorts its imports
	@$(BIN)/ruff check --quiet --select I --fix $(CODE)
	@$(BIN)/ruff format $(CODE)

generate: $(READY)  ## writes what is made from the code: schemas, docs/events.md and docs/access.md, tables and diagrams of READMEs
	@$(BIN)/python -m shared.contracts.schemas write
	@$(BIN)/python -m bancheng.events_page write
	@$(BIN)/python -m bancheng.access_page write
	@$(BIN)/python -m services.deadlines.rule_table
	@$(BIN)/python -m services.intake.state_diagram

# Known pins stay as they are; ARGS=--upgrade takes the newest.
LOCK = "$$made/bin/uv" pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-emit-index-url --no-emit-find-links $(ARGS)
lock:  ## resolves pyproject.toml into requirements/*.lock
	@made=$$(mktemp -d) && trap 'rm -rf "$$made"' EXIT && $(PYTHON) -m venv "$$made" && \
	"$$made/bin/python" -m pip install --quiet --disable-pip-version-check uv && \
	$(LOCK) --output-file requirements/base.lock && $(LOCK) --extra dev --output-file requirements/dev.lock

$(READY): requirements/dev.lock pyproject.toml
	@$(PYTHON) -c '$(OLD_ENOUGH)' 2>/dev/null || { echo 'Python 3.11 or newer (with venv) is needed: make PYTHON=/path/to/python3'; exit 1; }
	@echo 'setting up $(VENV) from requirements/dev.lock (a minute or two the first time)'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@$(BIN)/python -m bancheng.local.kafka fetch
	@touch $(READY)
