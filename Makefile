# Every target sets up what it needs: only Python 3.11+ and make are assumed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
HOST ?= 127.0.0.1
PORT ?= 8000
WORKERS ?=
EXTRA ?=
BENCH ?=

.DEFAULT_GOAL := help
.PHONY: help venv serve test check lint types bench load stall soak fuzz probe sbom audit train behave rebuild e2e

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / {printf "%-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

venv: $(VENV)/.done ## Build .venv from the hash-locked requirements

$(VENV)/.done: requirements/runtime.txt requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

serve: venv ## Serve on HOST:PORT (default 127.0.0.1:8000) and print a key for one day
	$(BIN)/netra serve --host $(HOST) --port $(PORT) $(if $(WORKERS),--workers $(WORKERS)) \
		$(if $(filter 127.% localhost ::1,$(HOST)),--local-key)

test: venv ## Run the unit tests (no network, warnings are errors)
	$(BIN)/python -m pytest

lint: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: venv
	$(BIN)/mypy

check: lint types test ## Lint, types and tests

bench: venv ## Measure speed against the pipeline a typical user writes; BENCH="--posts 20000 --json" for less
	nice $(BIN)/python -m scripts.bench $(BENCH)

load: venv ## Throughput and latency of one-post and 100-post requests beside a no-op, in less than a minute
	$(BIN)/python -m scripts.load

stall: venv ## How long the event loop keeps others waiting under load and while a model is exchanged, in a minute
	$(BIN)/python -m scripts.stall

soak: venv ## Memory under ever-new words and 200 exchanges of the model, in at most twelve minutes
	$(BIN)/python -m scripts.soak

fuzz: venv ## 200,000 texts that nobody would write against the promises of the text chain
	$(BIN)/python -m scripts.fuzz

probe: venv ## Schemathesis with all its checks against a running service, in less than three minutes
	$(BIN)/python -m scripts.probe

sbom: venv ## Write sbom.json (CycloneDX) from the locks of what a server installs
	$(BIN)/cyclonedx-py requirements --pyproject pyproject.toml --output-reproducible --of JSON -o sbom.json \
		requirements/runtime.txt

audit: venv ## Look for known vulnerabilities in what a server installs; says so when it cannot
	$(BIN)/python -m scripts.audit

# One thread and one kind of kernel, as scripts/rebuild.py has it: then the same inputs give the same bytes anywhere.
train: venv ## Train the next bundle: make train VERSION=2026.12.0 EXTRA="--extra file.csv"
	OPENBLAS_NUM_THREADS=1 OPENBLAS_CORETYPE=Haswell $(BIN)/netra train --version $(VERSION) $(EXTRA)

behave: venv ## Run the behaviour suite on the active model
	$(BIN)/netra behave

rebuild: venv ## Train the active bundle again and compare it byte for byte: make rebuild SHARED=../shared
	$(BIN)/python scripts/rebuild.py $(SHARED)

e2e: venv ## Drive the console in a real browser, from a file to a new model and back (skipped without Chromium)
	$(BIN)/python -m pytest e2e -o addopts="-q -rs --strict-markers" $(if $(SCREENSHOTS),--screenshots)
