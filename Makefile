# Two commands do everything: `make maps` and `make test`. The others are for people who change the layers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SOURCES ?= ../shared/sources
CITY ?= almaty

.PHONY: maps test search layers sites check-layers lint bench clean

maps: $(VENV)/.run
	$(BIN)/geoplan run --city $(CITY) --out maps

test: $(VENV)/.test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	# Neighbours stay together, so that what the tests of a file share is made once; who is done early takes some over.
	$(BIN)/pytest -n 2 --dist worksteal

search: $(VENV)/.test
	GEOPLAN_CASES=search $(BIN)/pytest -n 2 --dist worksteal $$(grep -rl "hypothesis import" --include="test_*.py" tests)

layers: $(VENV)/.run
	$(BIN)/geoplan layers build --city $(CITY) --sources $(SOURCES) --out layers/$(CITY)

sites: $(VENV)/.run
	$(BIN)/geoplan layers sites layers/$(CITY)

check-layers: $(VENV)/.run
	$(BIN)/geoplan layers check layers/$(CITY)

lint: $(VENV)/.test
	$(BIN)/ruff check --fix . && $(BIN)/ruff format . && $(BIN)/mypy && $(BIN)/lint-imports --no-cache

bench: $(VENV)/.bench
	$(BIN)/python benchmarks/travel.py --city $(CITY)
	$(BIN)/python benchmarks/siting.py --city $(CITY)
	$(BIN)/python benchmarks/before_after.py --city $(CITY)

$(VENV)/.run: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/.test: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[test]'
	touch $@

$(VENV)/.bench: $(VENV)/.run
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info
