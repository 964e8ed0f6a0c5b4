# Callboard's commands; each is one or two lines that can be typed by hand.
# Everything generated lies in .local/ (another folder: CALLBOARD_RUN_DIR).

.DEFAULT_GOAL := help
.NOTPARALLEL:

SHELL := /bin/bash
# What a shell may have set for other databases and other Pythons.
unexport PGHOST PGHOSTADDR PGPORT PGUSER PGPASSWORD PGPASSFILE PGDATABASE PGSERVICE PGSERVICEFILE
unexport PGOPTIONS PGSSLMODE PGSSLROOTCERT PGSSLCERT PGSSLKEY PGCLIENTENCODING PGTARGETSESSIONATTRS
unexport PYTHONPATH PYTHONHOME PYTHONSTARTUP

BIN := .local/venv/bin
PYTHON := $(BIN)/python
RUN_DIR := $(or $(CALLBOARD_RUN_DIR),.local)
# In front of a command: the addresses of the running stack, as environment variables.
ENV := test -f "$(RUN_DIR)/env" || { echo 'nothing runs here: make run' >&2; exit 1; }; \
	set -a && . "$(RUN_DIR)/env" && set +a

# What to run of the tests: make test-sql SQL=tests/sql/pricing, make test-py PY=tests/py/deploy
SQL ?= tests/sql
PY ?= tests/py
MIGRATIONS := $(filter-out %.rollback.sql,$(wildcard migrations/*.sql))

# Before either kind: the demo studios, and what the tests in SQL help themselves with.
SEED = $(PYTHON) -m demo.seed && psql -qX --set ON_ERROR_STOP=1 -f tests/sql/helpers.psql "$$DATABASE_URL"
PG_PROVE = pg_prove --dbname "$$DATABASE_URL" --recurse --ext .sql
# The tests of payments run counted; then it is looked whether they take every branch of what role
# payment owns. Counting costs an eighth, so the others run without, and so does a part of these.
PAID := tests/sql/payment
COUNTED = PGOPTIONS=-cplpgsql_check.profiler=on $(PG_PROVE) $(PAID) tests/sql_coverage
PROVE_ALL = $(PG_PROVE) $(filter-out $(PAID) %.psql,$(wildcard tests/sql/*)) && $(COUNTED)
# Without the jobs, which would see what is tested, and be seen.
JOBS = psql -qX --set ON_ERROR_STOP=1 -f tests/sql/jobs.psql "$$DATABASE_URL" --set
PROVE_SQL = $(JOBS) active=false && $(if $(filter-out tests/sql,$(SQL:/=)),\
	$(if $(filter-out $(PAID),$(SQL:/=)),$(PG_PROVE) $(SQL),$(COUNTED)),$(PROVE_ALL)) \
	&& $(JOBS) active=true
PYTEST = $(PYTHON) -m pytest $(PY)

# A whole run has four sides, each with a stack of its own: the tests in SQL with those of the shim,
# these folders, and the others in Python. Much of it waits, so that four fit on two cores.
API := tests/py/api
PAYMENTS := tests/py/payments
# Noted line by line, as shim and courier are there and beside the payments; not one branch may be
# left out.
SHIM := tests/py/thin_api
COVERAGE = COVERAGE_FILE="$$CALLBOARD_COVERAGE_FILE" $(PYTHON) -m coverage
# Judges what all sides have called, so it comes after them.
WHOLE_RUN := tests/py/whole_run
OTHERS := tests/py $(addprefix --ignore=,$(API) $(PAYMENTS) $(SHIM) $(WHOLE_RUN))
NOTING := -p $(subst /,.,$(WHOLE_RUN)).calls

.PHONY: help
help: ## Show this list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: setup
setup: ## Install what is missing: Debian packages, Python packages, PostgREST.
	@tools/setup.sh

.PHONY: run
run: setup ## Start everything in the background, load the demo studio, carry out the worked example.
	@$(PYTHON) -m tools.stack up
	@$(ENV) && $(PYTHON) -m demo

.PHONY: stop
stop: ## Stop everything; the data stays.
	@$(PYTHON) -m tools.stack down

.PHONY: status
status: ## Say what runs, and where its log is.
	@$(PYTHON) -m tools.stack status

.PHONY: reset
reset: ## Stop everything and delete all data (asks first).
	@$(PYTHON) -m tools.stack reset

.PHONY: test
test: setup lint ## Run every check, in four throwaway stacks side by side.
	$(PYTHON) -m tools.side_by_side \
		--then '$(COVERAGE) combine --quiet && $(COVERAGE) report && $(PYTHON) -m pytest $(WHOLE_RUN)' \
		--covered sql --covered payments --profiled sql \
		sql '$(SEED) && $(PROVE_SQL) && $(COVERAGE) run -m pytest $(NOTING) $(SHIM)' \
		api '$(SEED) && $(PYTHON) -m pytest $(NOTING) $(API)' \
		payments '$(SEED) && $(PYTHON) -m pytest $(NOTING) $(PAYMENTS)' \
		others '$(SEED) && $(PYTHON) -m pytest $(NOTING) $(OTHERS)'

.PHONY: lint
lint: setup ## Look for secrets; check the style of SQL and the safety of migrations.
	$(PYTHON) -m tools.secret_scan
	$(BIN)/sqlfluff lint --processes 0 sql migrations
	$(BIN)/squawk --pg-version 15.0 --assume-in-transaction $(MIGRATIONS)

.PHONY: test-sql
test-sql: setup ## Run the tests in SQL, or those in SQL=<file or folder>.
	$(PYTHON) -m tools.stack throwaway --no-services --profiled -- \
		sh -c '$(SEED) && $(PROVE_SQL)'

.PHONY: test-py
test-py: setup ## Run the tests in Python, or those in PY=<file or folder>.
	$(PYTHON) -m tools.stack throwaway -- sh -c '$(SEED) && $(PYTEST)'

.PHONY: fault-run
fault-run: setup ## Let families pay while everything breaks: make fault-run N=300 SEED=7
	FAULT_RUN_N=$(or $(N),300) FAULT_RUN_SEED=$(if $(filter command line,$(origin SEED)),$(SEED),$$RANDOM) \
		$(PYTHON) -m tools.stack throwaway -- \
		sh -c '$(PYTHON) -m demo.seed && $(PYTHON) -m pytest -s tests/py/payments/test_fault_run.py'

.PHONY: coverage
coverage: setup ## Show which branches of shim and courier no test runs (part of make test).
	rm -rf .local/coverage && mkdir .local/coverage
	export CALLBOARD_COVERAGE_FILE="$(CURDIR)/.local/coverage/data" \
		&& $(PYTHON) -m tools.stack throwaway -- sh -c \
			'$(SEED) && $(COVERAGE) run -m pytest $(SHIM) tests/py/payments' \
		&& $(COVERAGE) combine --quiet && $(COVERAGE) report

.PHONY: bench
bench: ## Measure quotes, checkouts, seat claims and payments in a throwaway stack.
	@tools/setup.sh --bench
	$(PYTHON) -m tools.stack throwaway -- sh -c '$(PYTHON) -m demo.seed && $(PYTHON) -m bench'

.PHONY: psql
psql: ## Open the running stack's database as its superuser.
	@$(ENV) && psql "$$DATABASE_URL"

.PHONY: migrate
migrate: setup ## Deploy to a server that runs already: make migrate DATABASE_URL=postgresql://...
	@# One that merely is in the environment may be somebody else's.
	@test '$(origin DATABASE_URL)' = 'command line' \
		|| { echo 'make migrate DATABASE_URL=postgresql://...' >&2; exit 2; }
	@DATABASE_URL='$(DATABASE_URL)' $(PYTHON) -m tools.deploy

.PHONY: load
load: setup ## Load changed files of sql/ into the running stack's database.
	@$(ENV) && $(PYTHON) -m tools.deploy --database-url "$$DATABASE_URL" --only-load

.PHONY: lock
lock: ## Choose versions anew: requirements.lock from requirements.in, PostgREST's package-lock.json.
	python3 -m venv .local/lock && .local/lock/bin/python -m pip install --quiet pip-tools
	CUSTOM_COMPILE_COMMAND='make lock' .local/lock/bin/pip-compile --quiet --upgrade \
		--generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
		--no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock requirements.in
	cd tools/postgrest && npm install --package-lock-only --omit-lockfile-registry-resolved \
		--ignore-scripts --no-audit --no-fund
