# make help lists the targets. Everything a target needs is installed by it; nothing is needed by hand but Python 3.11+.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all check run migrate client fix bench load faults fuzz long-sitting crash-proof screens screenshots clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: ## Install everything into .venv and build the browser side; safe to run again
	@PYTHON="$(PYTHON)" setup/install.sh

demo: setup ## Do the main job end to end on the embedded database, then keep the server up (ARGS=--once: end)
	@$(BIN)/python -m load_tests.demo $(ARGS)

test: setup ## Run every check: style, types, layers, browser side, both databases, Chromium
	@setup/run-checks.sh $(ARGS)

test-all: setup ## Run every check on all cases: the extended ones, and examples that no run has tried
	@setup/run-checks.sh --all $(ARGS)

check: setup ## Only the quick checks: style, types, layers
	@setup/run-checks.sh --quick

run: setup migrate ## Run the server with the settings of the environment
	@$(BIN)/exam-engine serve $(ARGS)

migrate: setup ## Bring database and reference data to the present state
	@$(BIN)/exam-engine migrate

client: setup ## Regenerate the browser side's API types from the server
	@setup/generate-client.sh

fix: setup ## Format and mend what can be mended automatically
	@$(BIN)/ruff check --fix . ; $(BIN)/ruff format .

bench: setup ## Run the benchmarks and print their tables
	@$(BIN)/python -m benchmarks.delivery $(ARGS)
	@$(BIN)/python -m benchmarks.irt --quick
	@$(BIN)/python -m benchmarks.assembly --quick
	@$(BIN)/python -m benchmarks.certificates

load: setup ## Load a server with simulated candidates and write a report (ARGS="--candidates 500", --ramp all, --host …)
	@$(BIN)/python -m load_tests.load $(ARGS)

faults: setup ## Look for a lost or doubled answer: histories, races with the end, killed servers (ARGS=--short: a minute)
	@$(BIN)/python -m load_tests.faults $(ARGS)

fuzz: setup ## Throw made-up requests and spoiled bytes at every route in everybody's name: no crash, no key given away
	@$(BIN)/python -m load_tests.fuzz $(ARGS)

long-sitting: setup ## A sitting of three hours as fast as it goes; the server's memory must stay flat
	@$(BIN)/python -m load_tests.long_sitting $(ARGS)

crash-proof: setup ## Kill the server while candidates save; receipts against stored rows must differ by nothing
	@$(BIN)/python -m load_tests.kill_server $(ARGS)

screens: setup ## Make the pictures of docs/screens.md from a running demo
	@$(BIN)/python -m tests.end_to_end.screens $(ARGS)

screenshots: setup ## Make the pictures of the READMEs from a running demo
	@$(BIN)/python -m tests.end_to_end.screenshots $(ARGS)

clean: ## Remove everything that was built or installed here
	@rm -rf .venv var proctor_client/static proctor_client/ui/node_modules .mypy_cache .ruff_cache .pytest_cache
