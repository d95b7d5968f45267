# `make run` opens the lab, `make test` passes the tests: both set everything up in .venv, with Python 3.11+ and make alone.

VENV ?= .venv
BIN := $(VENV)/bin
UV := $(shell command -v uv 2>/dev/null)
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
TESTS ?= tests
WORKERS ?= 2

.PHONY: run test check lint types imports bench parity screenshots clean

run: $(VENV)/.run-ready
	@$(BIN)/nnlab $(ARGS)

test: $(VENV)/.dev-ready
	@# One BLAS thread, as the trainer has: where workers share the cores, two of each wait for one another.
	OPENBLAS_NUM_THREADS=1 $(BIN)/pytest -q -n $(WORKERS) $(TESTS)

check: lint types imports test

lint: $(VENV)/.dev-ready
	$(BIN)/ruff check nnlab lessons tests benchmarks
	$(BIN)/ruff format --check nnlab lessons tests benchmarks

types: $(VENV)/.dev-ready
	$(BIN)/mypy

imports: $(VENV)/.dev-ready
	$(BIN)/lint-imports

bench: $(VENV)/.dev-ready
	$(BIN)/python -m benchmarks $(ARGS)

parity: $(VENV)/.dev-ready
	$(BIN)/python -m benchmarks.parity $(ARGS)

screenshots: $(VENV)/.dev-ready
	$(BIN)/python -m nnlab.tui.screenshot --all assets/screenshots

clean:
	rm -rf $(VENV) .venv-bench dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "nnlab needs Python 3.11 or newer; none was found on the PATH." >&2; exit 2; }
ifdef UV
	uv venv -q --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
endif

$(VENV)/.run-ready: pyproject.toml | $(BIN)/python
ifdef UV
	VIRTUAL_ENV=$(VENV) uv pip install -q -e .
else
	$(BIN)/python -m pip install -q -e .
endif
	@touch $@

$(VENV)/.dev-ready: pyproject.toml | $(BIN)/python
ifdef UV
	VIRTUAL_ENV=$(VENV) uv pip install -q -e . --group dev
else
	$(BIN)/python -m pip install -q --upgrade "pip>=25.1"
	$(BIN)/python -m pip install -q -e . --group dev
endif
	@touch $@ $(VENV)/.run-ready
