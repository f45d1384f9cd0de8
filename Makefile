.PHONY: run web test check web-check e2e client format lock reference snapshots bench faults mutants set-up help web-packages

STACKPRO := .venv/bin/stackpro
PYTHON := .venv/bin/python
WORKERS ?= 3
# Where bytecode may not be kept, each of the many processes would compile for seconds what it imports.
unexport PYTHONDONTWRITEBYTECODE

help:    ## Show what can be made
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

run: set-up    ## Start the whole platform on this machine (Ctrl-C stops it)
	@$(PYTHON) -m sandbox.web.build || [ $$? -eq 1 ]
	@exec $(STACKPRO) up

web: set-up    ## Build the web app, if its sources changed since the last time
	@$(PYTHON) -m sandbox.web.build

web-check: web-packages    ## Check the web app: format, lint, types, the client's freshness, texts, and its unit tests
	@./tools/node npm --prefix frontend run --silent check
	@./tools/node npm --prefix frontend run --silent test

e2e: set-up    ## Walk through the web app in headless Chromium, on a platform of its own
	@$(PYTHON) -m tools.e2e

client: web-packages    ## Write the web app's client anew from the gateway's OpenAPI document
	@./tools/node npm --prefix frontend run --silent client

web-packages: set-up
	@$(PYTHON) -m sandbox.web.build packages

test: set-up    ## Run the whole test suite
	@$(PYTHON) -m pytest -q -n $(WORKERS) --dist loadscope --no-loadscope-reorder

faults: set-up    ## Kill the workers at every boundary, also during recovery (takes long)
	@STACKPRO_ALL_FAULTS=1 $(PYTHON) -m pytest -q -n $(WORKERS) tests/faults

mutants: set-up    ## Break one safeguard at a time, and see the fault tests turn red (takes long)
	@$(PYTHON) -m tests.faults.mutants

check: set-up    ## Check format, lint, types, import rules and house rules
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@$(PYTHON) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	@$(PYTHON) -m tools.house_rules

format: set-up    ## Format the code and mend what can be mended by itself
	@$(PYTHON) -m ruff check --fix .
	@$(PYTHON) -m ruff format .

lock: set-up    ## Compile the lock files anew from pyproject.toml
	@$(PYTHON) -m tools.lock

reference: set-up    ## Write the reference pages anew from settings, contracts and models
	@$(PYTHON) -m tools.configuration_reference
	@$(PYTHON) -m tools.events_reference
	@$(PYTHON) -m tools.data_reference

snapshots: set-up    ## Write the OpenAPI documents, event schemas and rights anew that tests compare with
	@$(PYTHON) -m tools.snapshots

bench: set-up    ## List the benches, or run one: make bench B=gateway
	@$(PYTHON) -m bench $(B)

set-up:
	@./tools/set-up
