MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help

python := .venv/bin/python
compile := .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --custom-compile-command 'make lock'
# the settings of the running services, in the recipe's shell; SERVICES=compose takes them from Docker
SERVICES ?= services
with_services = settings=$$(deploy/local/$(SERVICES).sh up) && eval "$$settings" &&

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: ## .venv with the locked dependencies and thermaliq on its bin/
	@deploy/local/install.sh

demo: install ## the whole product on this machine, until Ctrl-C (ARGS="--duration 60s")
	@exec .venv/bin/thermaliq demo $(ARGS)

test: install ## every test tier on real services (ARGS="tests/unit -k water")
	@$(with_services) $(python) -m pytest -m "not faults" $(ARGS)

faults: install ## the long runs with killed processes
	@$(with_services) $(python) -m pytest -m faults $(ARGS)

lint: install ## ruff, mypy strict, import contracts
	@.venv/bin/ruff check --quiet .
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-logo

bench: install ## ours beside its rivals, as a table
	@$(with_services) $(python) -m benchmarks $(ARGS)

docs: install ## write the generated contracts, method pages and pictures anew
	@.venv/bin/thermaliq contracts
	@.venv/bin/python -m thermaliq.method_pages
	@.venv/bin/python -m thermaliq.picture_pages

services: ## start what is missing of Kafka, TimescaleDB, Redis, Mosquitto; print their settings
	@deploy/local/$(SERVICES).sh up

services-down: ## stop this checkout's services, keep their data
	@deploy/local/$(SERVICES).sh down

lock: install ## write the locks anew: everything, what the image holds, what builds it
	@$(compile) --all-extras pyproject.toml --output-file requirements.lock
	@$(compile) --extra parquet --constraint requirements.lock pyproject.toml --output-file deploy/image.lock
	@$(compile) deploy/tools.in --output-file deploy/tools.lock

.PHONY: help install demo test faults lint bench docs services services-down lock
