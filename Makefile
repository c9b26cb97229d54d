# `make run` and `make test` set up all they need: Python 3.11+ and make are enough.
PYTHON ?= python3
BIN := .venv/bin
RUN_STAMP := .venv/.run
DEV_STAMP := .venv/.dev
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help run test check test-e2e test-cluster load lock format generate migration setup clean

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

run: setup frontend-build ## the whole program with its embedded demo cluster
	@$(BIN)/gyre demo

setup: $(DEV_STAMP)

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Gyre needs Python 3.11 or newer: make run PYTHON=python3.12"; exit 1; }
	@echo "· making a virtual environment in .venv"
	@$(PYTHON) -m venv .venv

# --no-deps: the lock names everything, and pip would look for `coverage[toml]` beyond the `coverage` that is pinned
$(DEV_STAMP): requirements/dev.txt pyproject.toml | .venv/bin/python
	@echo "· installing Python packages (about a minute, once)"
	@$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements/dev.txt
	@$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	@touch $@

.PHONY: frontend-build
frontend-build: setup
	@scripts/build-frontend

test: setup frontend-build ## every test but those in a browser or on a real cluster
	@$(BIN)/python -m pytest -n 2 --cov --cov-report=term:skip-covered -q
	@npm --prefix frontend run --silent test

check: setup frontend-build ## the static gates, in seconds
	@scripts/check

test-e2e: setup frontend-build ## the pages, in headless Chromium
	@npm --prefix frontend run --silent test:e2e

test-cluster: setup ## the suite on a real kube-apiserver and Flux (needs Go)
	@tests/cluster/run

load: setup ## the benchmarks, with their figures
	@$(BIN)/python -m tests.load

lock: setup ## renew the pinned requirements
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml -o requirements/run.txt
	@$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' pyproject.toml --group dev -o requirements/dev.txt

format: setup ## format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

generate: setup ## what is committed and generated: the SDL and the OpenAPI document
	@$(BIN)/gyre schema > .venv/generated && mv .venv/generated schema/schema.graphql
	@$(BIN)/gyre openapi > .venv/generated && mv .venv/generated rest_compat/openapi.json
	@$(BIN)/gyre openapi --responses > .venv/generated && sed -i -e '/^| Endpoint | Answers/,/^$$/{/^|/d}' -e '/^<!-- every response -->$$/r .venv/generated' docs/rest.md

NAME ?= update
migration: setup ## write what the models lack in migrations: make migration NAME=what_changed
	@$(BIN)/aerich -c migrations/postgres/aerich.toml migrate --offline --name $(NAME)
	@$(BIN)/aerich -c migrations/sqlite/aerich.toml migrate --offline --name $(NAME)

clean: ## remove what make made
	@rm -rf .venv frontend/node_modules gyre/web/static
