# Every command of the project; `make help` lists them. Needs Python 3.11 or newer and make, nothing else.

.DEFAULT_GOAL := help
.PHONY: help setup setup-demo setup-production demo demo-reset test lint format bench lock clean

PORT ?= 8000
PYTHON ?=
TESTS ?= tests
WORKERS ?= 2

VENV := .venv/bin
# $(call environment,groups): .venv as uv.lock says, with these groups of packages; nothing to do when it is so.
environment = @python=$$(sh deploy/setup/find_python.sh $(PYTHON)) && "$$python" -E -s deploy/setup/environment.py sync $(1)

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo "  PORT=8001 make demo     on another port;  PYTHON=/path/to/python3.11 make demo  with another Python"

demo: setup-demo ## Start a demo district at http://127.0.0.1:8000 and print who can sign in; Ctrl-C ends it
	@exec $(VENV)/houqin demo --port $(PORT)

demo-reset: setup-demo ## The same with all its data made anew
	@exec $(VENV)/houqin demo --port $(PORT) --reset

test: setup ## Everything that CI runs: lint, types, import contracts, unit, integration and browser tests
	@$(MAKE) --no-print-directory lint
	@WORKERS=$(WORKERS) $(VENV)/python deploy/setup/tests.py $(TESTS)

lint: setup ## Style, types and import contracts only
	@$(VENV)/ruff check .
	@$(VENV)/ruff format --check .
	@$(VENV)/mypy
	@$(VENV)/lint-imports

format: setup ## Let ruff put the code into shape
	@$(VENV)/ruff check --fix .
	@$(VENV)/ruff format .

bench: setup ## Measure against bare SQL and write benchmarks/results.md; the data is made once and kept in var/
	@$(VENV)/python -m benchmarks

setup: ## Install everything that development needs into .venv, node_modules, static and var
	$(call environment,front-end dev)
	@$(VENV)/python -E -s deploy/setup/frontend.py

setup-demo:
	$(call environment,front-end)
	@$(VENV)/python -E -s deploy/setup/frontend.py

setup-production: setup-demo ## Install what a server needs: no test tools

lock: ## Resolve pyproject.toml into uv.lock anew; OPTIONS=--upgrade takes newer versions
	@python=$$(sh deploy/setup/find_python.sh $(PYTHON)) && "$$python" -E -s deploy/setup/environment.py lock $(OPTIONS)

clean: ## Remove everything that set-up made; the data in var/ stays (make demo-reset makes that anew)
	rm -rf .venv node_modules static var/setup var/translations .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +
