# Two commands matter:
#   make demo   everything set up, the reference conversation played, pages on http://127.0.0.1:8000
#   make test   everything set up, every test this machine can run; what it skips it names, with the reason
# and one for who changes what reads foreign text:
#   make proof  tests that try inputs by the thousand or the million, in full, and faults planted at random; an hour
# Both need Python >= 3.11 (with pip or venv), make, and the Python and npm package indexes. Nothing is installed
# outside this folder: uv goes to .uv/ when the machine has none, the project's packages to .venv/.

.DELETE_ON_ERROR:
.SUFFIXES:

# The first Python that is new enough; PYTHON=… on the command line overrides.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# What .venv runs: the system's own Python where it is new enough. Distributions build theirs with profile-guided
# optimisation; one compiled on the machine mostly is not, and the hub does a quarter less on it (docs/decisions.md).
RUNS ?= $(shell for python in $(if $(filter command line environment,$(origin PYTHON)),,/usr/bin/python3) $(PYTHON); do \
	$$python -c 'import ctypes, sqlite3, ssl, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)

# What the installed package is made from: when none of it changed, nothing is synced and `make demo` starts at once.
PACKAGE := pyproject.toml uv.lock $(wildcard hatch_build.py) \
	$(shell find hub/web/ui hub/web/locale planning/show/build.py planning/show/ui \
		\( -name node_modules -o -name '*.mo' \) -prune -o -type f -print 2>/dev/null)
READY := .venv/.ready
DEVELOPED := .venv/.developed
WARM := .venv/.warm

# Two processes; a file's tests stay together, for its fixtures start servers.
PYTEST := .venv/bin/pytest -n 2 --dist loadfile -rs
PROOF := .venv/bin/pytest -n 2 --dist load -m proof --proof
DATA ?= ./var

.PHONY: demo serve test proof mutants check lint clean

# The planner is compiled behind the demo, as far as nobody else wants the processor; it ends by itself.
demo: $(READY)
	@nice -n 19 .venv/bin/python -m planning.warm >/dev/null 2>&1 &
	@.venv/bin/hub demo --data $(DATA) $(DEMO)

serve: $(READY)
	@.venv/bin/hub serve --data $(DATA)

test: $(WARM)
	@$(PYTEST) $(TESTS)

# What `make test` tries with a few inputs, with as many as it takes to promise something; ends with what was counted.
proof: $(DEVELOPED)
	@$(PROOF) $(or $(TESTS),tests)
	$(if $(TESTS),,@$(MAKE) --no-print-directory mutants)

# Faults planted at random in the corridor, one at a time in a copy: MUTANTS="--count 20 --only hub/flow/settling.py".
mutants: $(DEVELOPED)
	@nice -n 10 .venv/bin/python -m tests.mutation $(MUTANTS)

# What .ci/run asks after the tests: style, types, who imports whom.
lint: $(DEVELOPED)
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	.venv/bin/mypy
	.venv/bin/lint-imports

check: lint test

# What the hub runs on, and no more, unless this is a workplace already. Compiled beforehand: where
# PYTHONDONTWRITEBYTECODE is set, every start would compile everything again (two seconds).
$(READY): $(PACKAGE)
	@$(MAKE) --no-print-directory $(if $(wildcard $(DEVELOPED)),$(DEVELOPED),.sync SYNC=--no-dev)
	@touch $@

# With what tests, lint and types need.
$(DEVELOPED): $(PACKAGE)
	@$(MAKE) --no-print-directory .sync
	@touch $(READY) $@

.PHONY: .sync
.sync:
	@test -n "$(PYTHON)" || { echo "make: this needs Python 3.11 or newer on PATH" >&2; exit 2; }
	@uv=$$($(PYTHON) .ci/find_uv.py) && \
		echo "Setting up .venv (the first time takes about a minute)" && \
		UV_PYTHON_DOWNLOADS=never $$uv sync --quiet --locked --compile-bytecode $(SYNC) \
			--python "$$($(RUNS) -c 'import sys; print(sys.executable)')"
	@.venv/bin/python -m compileall -q hub planning

# Once for each state of the planner's kernels; who only wants to see the hub does not wait for them.
$(WARM): $(DEVELOPED) $(wildcard planning/engine/*.py)
	@echo "Compiling the planner's kernels (once, about a minute)" && .venv/bin/python -m planning.warm
	@touch $@

clean:
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf hub/web/ui/node_modules hub/web/static/dist planning/show/ui/node_modules planning/show/dist dist build
