# All that a fresh machine needs is Python 3.11+ and make; see README.md.
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export DJANGO_SETTINGS_MODULE := muster.config.settings

.PHONY: demo test setup check bench soak messages lock format

demo: setup
	$(BIN)/muster demo

test: setup .chromium
	$(BIN)/python -m pytest -n 2 --dist loadgroup

check: $(VENV)/.done
	$(MAKE) --jobs=2 .style .types .planner

.PHONY: .style .types .planner
.style:
	$(BIN)/ruff format --check muster tests bench tools
	$(BIN)/ruff check muster tests bench tools
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet muster/web/templates
	$(BIN)/python -m tools.messages --check
	$(BIN)/python -m tools.migrations

.types:
	$(BIN)/mypy

# Compiled once, so that the first plan needn't wait for it.
.planner: $(VENV)/.done
	$(BIN)/python -m muster.planning.routes.solve

bench: setup $(VENV)/.peers
	$(BIN)/python -m bench

# Other planners, for bench/routes.py, where Muster isn't.
$(VENV)/.peers: requirements-peers.txt
	[ -x $(VENV)/peers/bin/python ] || $(PYTHON) -m venv $(VENV)/peers
	$(VENV)/peers/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-peers.txt
	touch $@

soak: setup .chromium
	MUSTER_SOAK=1 $(BIN)/python -m pytest -n 2 -m soak

setup: $(VENV)/.done .planner

$(VENV)/.done: requirements-dev.txt pyproject.toml muster/locale/zh_Hans/LC_MESSAGES/django.po
	sh tools/setup.sh "$(PYTHON)" "$(VENV)"
	touch $@

.PHONY: .chromium
.chromium:
	sh tools/chromium.sh

messages: setup
	$(BIN)/python -m tools.messages

format: setup
	$(BIN)/ruff format muster tests bench tools
	$(BIN)/ruff check --fix muster tests bench tools

# Needs uv; the lock names no registry.
lock:
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --allow-unsafe \
	  --extra dev pyproject.toml -o requirements-dev.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  -c requirements-dev.txt pyproject.toml -o requirements.txt
	uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  bench/peers.in -o requirements-peers.txt
