# Everything is set up on the way: `make demo` and `make test` need Python 3.11 or newer alone.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready

# Processes that tests start shall find what they import compiled, whatever the environment says.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test check lint types imports unit coverage apart sweep fuzz proof orders probe docs figures \
	ratio planning makespan sequences build lock node-clients clean

demo: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" examples/demo.sh

# The types are checked while the tests run.
test: $(READY)
	$(MAKE) --no-print-directory --jobs=2 check unit

check: lint types imports

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(READY)
	$(BIN)/mypy src tests tools docs/generate examples/library.py

imports: $(READY)
	$(BIN)/lint-imports

# The same examples every time; `sweep`, `proof`, `orders`, `probe` and `fuzz` are for the many and the random.
PYTEST := $(BIN)/pytest -n auto --dist worksteal
EVERY_TIME := --hypothesis-profile=ci
unit: $(READY)
	$(PYTEST) $(EVERY_TIME)

# Which lines and branches the tests go through; that takes them half as long again.
coverage: $(READY)
	$(PYTEST) $(EVERY_TIME) --cov --cov-report=term

# The tool's own tests, with every simulator in another process, as `gwlbfw sim serve` starts it. Left
# out is what is about a simulator in this process, and one test that has to look into its memory.
INSIDE := tests/sim tests/sweep tests/traffic/test_random_pairs.py tests/docs/test_simulator_page.py \
	tests/unit/test_pytest_plugin.py tests/unit/test_simulator.py tests/unit/test_simulator_process.py
apart: $(READY)
	GWLBFW_SIM_EXTERNAL=1 $(PYTEST) $(INSIDE:%=--ignore=%) \
		--deselect tests/cli/test_secrets.py::test_no_command_shows_or_writes_a_secret

# Kill the tool at every call of apply and destroy, and at every point of a run on the simulator; inject
# every fault at every call, and storms of faults.
sweep: $(READY)
	GWLBFW_SWEEP=all $(PYTEST) tests/sweep
	GWLBFW_ALL_CRASHES=1 $(PYTEST) tests/unit/state/test_crash.py

# A thousand random sequences of edits, faults, kills, lost records and server kills, by seed, and forty
# of processes that kill -9 ends. Of the thousand, those that went well are not run again: remove .sequences to begin anew; GWLBFW_SEQUENCE is the first seed.
sequences: $(READY)
	GWLBFW_SEQUENCES=1000 $(BIN)/pytest -q -n 0 tests/sweep/test_sequences.py

# The proof against an independent packet walker, on thousands of random networks.
proof: $(READY)
	GWLBFW_REACH_EXAMPLES=5000 $(PYTEST) tests/unit/reachability/test_naive.py

# The forecast of random plans of up to ten calls against every order of these calls, one moment at a
# time.
orders: $(READY)
	GWLBFW_ORDERS=10000 $(PYTEST) tests/unit/forecast/test_brute_force.py \
		tests/unit/forecast/test_exposure.py

# An independent walker looks at everybody's traffic after every call of 5,000 random changes of random
# topologies, a quarter each undisturbed, with one call refused, with Ctrl-C and killed (one death in
# four is that of a real process). What found nothing is written down, and is not run again; what found
# something is.
PROBED ?= .probed.jsonl
probe: $(READY)
	GWLBFW_PROBE=5000 GWLBFW_PROBE_RESULTS=$(PROBED) $(PYTEST) tests/traffic/test_random_pairs.py

# What is corrupted at random is read or refused: 6,300 topologies, 6,300 plans, 6,300 records, journals
# and locks, 1,470 runs of plan, drift and verify and 104 of apply and destroy on corrupted replies; each
# in its time, in processes that have no more than 1.5 GB.
FUZZED := tests/unit/topology tests/unit/plan tests/unit/state
fuzz: $(READY)
	ulimit -v 1572864; MALLOC_ARENA_MAX=2 GWLBFW_FUZZ=2100 $(PYTEST) \
		$(FUZZED:=/test_fuzz.py) tests/scenarios/test_corrupted_replies.py

docs: $(READY)
	$(BIN)/python -m docs.generate
	$(BIN)/python -m tools.fidelity docs/simulator.md

# Wall time and API calls of the main commands; help against the import of what renders it.
figures: $(READY)
	$(BIN)/python -m tools.figures

# CPU time of the forecast of a plan of 1,000 calls against that of `terraform plan`, if it is there.
ratio: $(READY)
	$(BIN)/python -m tools.forecast_ratio

# Time of a plan that adds 0 to 300 appliances to a stack that runs on the simulator.
planning: $(READY)
	$(BIN)/python -m tools.planning_time

# Makespans at the cloud's pace, beside those of a schedule without loss.
makespan: $(READY)
	$(BIN)/python -m tools.makespan

# The vendor's clients for Node.js, which a test of the simulator takes if they are there.
node-clients:
	npm install --silent --no-audit --no-fund --no-save --prefix .node-clients \
		@alicloud/pop-core@1.8.0 @alicloud/openapi-client@0.4.15 @alicloud/tea-util@1.4.11

build: $(READY)
	rm -rf dist
ifdef LOCKED
	$(BIN)/python -m build --no-isolation
else
	$(PIP) build
	$(BIN)/python -m build
endif

# The versions of CI, each with the hashes of its files: `LOCKED=1 make …` installs these and no others.
lock: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --group ci
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --generate-hashes \
		--no-emit-index-url --no-header --no-annotate --extra oss --group dev --group ci \
		pyproject.toml --output-file .ci/requirements.txt

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
$(READY): pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "gwlbfw needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
ifdef LOCKED
	$(PIP) --require-hashes --requirement .ci/requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
else
	$(PIP) --upgrade 'pip>=25.1'
	$(PIP) --editable . --group dev
endif
	@touch $@

clean:
	rm -rf $(VENV) .demo .node-clients dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
		.probed.jsonl
