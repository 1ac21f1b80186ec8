# Two commands: `make serve` shows the site, `make test` checks everything.
# Both set up .venv first; all they need is Python 3.11+, make and git.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# A pytest for each core, and at least two: much of what they do is waiting.
WORKERS ?= auto
# Any free port unless one is named: the address is printed.
PORT ?= 0

export NO_MKDOCS_2_WARNING = 1
export PIP_DISABLE_PIP_VERSION_CHECK = 1
# The tests start a hundred processes: each would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help serve check test setup chromium redis lint types examples memory translated tests site \
  results bench rooms steady load soak clean

help:
	@echo "make serve   execute the examples, build the site, serve it on 127.0.0.1"
	@echo "make check   style, types, the English examples in memory: in half a minute, while you work"
	@echo "make test    style, types, all examples, all tests with a strict build of the site"
	@echo "make results check the implementations and servers again whose results the site shows"
	@echo "make bench   what the class costs beside Starlette, Lilya, Yaat and no class at all"
	@echo "make rooms   the recipes with many clients: a stuck member, 1000 members, two processes"
	@echo "make steady  play each example 20 times on each server; it goes on where it stopped"
	@echo "make load    many clients at once, some of them hostile, on each server and in memory"
	@echo "make soak    compare the class with its model in 300000 random steps; STEPS=, SEED="
	@echo "make clean   remove what the others have made"

setup: $(READY)

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "expected Python 3.11 or newer, got $$($(PYTHON) --version); set PYTHON=python3.x"; exit 1; }
	@echo "setting up $(VENV) …"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $(READY)

ENGLISH := $(wildcard docs/*.md) README.md
# The code of these pages is that of the English ones, as tests/translations sees to: on one
# event loop and without a server they show that they can be run, and what they print.
TRANSLATED := docs/ko docs/pt -o ws_servers= -k 'not [trio]'

serve: setup
	$(BIN)/python -m pytest $(ENGLISH) -p no:cacheprovider
	$(BIN)/python -m pytest $(TRANSLATED) -p no:cacheprovider
	$(BIN)/mkdocs build --strict
	@$(BIN)/python -m http.server --bind 127.0.0.1 --directory site $(PORT)

check: setup
	@$(MAKE) --no-print-directory --output-sync=target -j lint types memory

# What is short says what it has to say in one piece, beside the tests, which show their progress.
# The tests build the site, as `make site` does. All is run, and all has to succeed.
test: setup chromium redis
	@$(MAKE) --no-print-directory --output-sync=target -j2 --keep-going \
	  lint types examples translated & \
	beside=$$!; trap 'kill $$beside' INT TERM; \
	$(MAKE) --no-print-directory tests; status=$$?; \
	wait $$beside && exit $$status

# The browser's tests need a Chromium: one that is there, or Debian's package.
chromium:
	@command -v chromium chromium-browser google-chrome >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "installing chromium …"; \
	    apt-get -qq update && apt-get -qq install -y chromium >/dev/null; \
	  else \
	    echo "NO CHROMIUM: the browser's tests will be SKIPPED"; \
	  fi; }

# So does the test with two processes: a redis-server that is there, or Debian's package.
redis:
	@command -v redis-server >/dev/null 2>&1 || { \
	  if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then \
	    echo "installing redis-server …"; \
	    apt-get -qq update && apt-get -qq install -y redis-server >/dev/null; \
	  else \
	    echo "NO REDIS-SERVER: the test that shares a room through it will be SKIPPED"; \
	  fi; }

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

# The pages alone must reach the library's lines and branches.
examples: setup
	$(BIN)/coverage run -m pytest -q -p no:cacheprovider $(ENGLISH)
	$(BIN)/coverage report --fail-under=96

memory: setup
	$(BIN)/python -m pytest -q -p no:cacheprovider -o ws_servers= $(ENGLISH)

translated: setup
	$(BIN)/python -m pytest -q -p no:cacheprovider $(TRANSLATED)

tests: setup
	$(BIN)/python -m pytest tests -n $(WORKERS) --dist worksteal -o ws_pages=

site: setup
	$(BIN)/mkdocs build --strict

# The implementations in memory, the reference over the servers: in an environment of their own,
# for no test needs all the servers. Status 1 only says that something differs.
IMPLEMENTATIONS := reference starlette lilya yaat fastapi litestar quart falcon blacksheep
SERVERS := uvicorn uvicorn-websockets uvicorn-wsproto hypercorn hypercorn-trio daphne granian
PEERS := .venv-peers

$(PEERS)/.ready: pyproject.toml constraints.txt
	@echo "setting up $(PEERS) …"
	@$(PYTHON) -m venv $(PEERS)
	@$(PEERS)/bin/python -m pip install --quiet --constraint constraints.txt \
	  --editable '.[conformance,peers,servers]'
	@touch $@

results: $(PEERS)/.ready
	@for target in $(IMPLEMENTATIONS); do \
	  $(PEERS)/bin/reference-ws check $$target --json docs/results/$$target.json \
	    > /dev/null || [ $$? = 1 ] || exit 1; \
	  echo "$$target: done"; \
	done
	@for server in $(SERVERS); do \
	  $(PEERS)/bin/reference-ws check --server $$server --strict \
	    --known tests/project/known_servers.toml \
	    --json docs/results/$$server.json || exit 1; \
	done

# About two minutes; ROUNDS=500 for a busy machine.
bench: setup
	$(BIN)/python -m benchmarks.speed $(if $(ROUNDS),--rounds $(ROUNDS))

# Some minutes; `python -m benchmarks.rooms leaving --on daphne` measures one thing.
rooms: $(PEERS)/.ready redis
	@$(PEERS)/bin/python -m pip install --quiet --constraint constraints.txt redis
	$(PEERS)/bin/python -m benchmarks.rooms --json docs/results/rooms.json

steady: $(PEERS)/.ready
	$(PEERS)/bin/python -m benchmarks.steady

# The class against the model of tests/library/model, in random programs; a finding names its seed.
# Then hostile bytes, more of them than `make test` tries.
soak: setup
	@STEPS=$(STEPS) SEED=$(SEED) $(BIN)/python -m tests.library.model.soak
	@EXAMPLES=2000 $(BIN)/python -m pytest -q -p no:cacheprovider tests/library/model/test_fuzz_*.py

# LOAD="--on uvicorn --clients 100" and the like; `python -m benchmarks.load --help` has them all.
load: $(PEERS)/.ready
	$(PEERS)/bin/python -m benchmarks.load $(LOAD)

clean:
	rm -rf $(VENV) $(PEERS) site .coverage .hypothesis .mypy_cache .pytest_cache .ruff_cache
