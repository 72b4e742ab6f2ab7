VENV := .venv
PYTHON := $(VENV)/bin/python
export HF_HUB_OFFLINE := 1

.PHONY: quickstart test check speed golden leaderboards reproduce docs screenshots clean
TASK ?= dsprites_exact
.DEFAULT_GOAL := quickstart

$(VENV)/.installed: pyproject.toml constraints.txt
	python3 -m venv $(VENV)
	$(PYTHON) -m pip install --quiet --constraint constraints.txt --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed
	$(PYTHON) -m pip install --quiet --constraint constraints.txt --editable ".[test]"
	touch $@

quickstart: $(VENV)/.installed  ## install, then run the main job: a table, a report, rows
	$(VENV)/bin/latentbench

test: $(VENV)/.installed-test  ## install what tests need and pass them
	$(PYTHON) -m pytest --ignore=tests/speed -n 2 --dist loadfile -p no:benchmark

check: $(VENV)/.installed-test  ## lint, types, layers
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(PYTHON) -m pytest -q tests/test_layers.py

speed: $(VENV)/.installed-test  ## benchmarks; prints the ratios that the README quotes
	$(PYTHON) -m pytest tests/speed --benchmark-only --benchmark-columns=median,rounds

golden: $(VENV)/.installed-test  ## promise the outputs of today, after versions were raised
	$(PYTHON) tests/test_golden.py

leaderboards: $(VENV)/.installed  ## check all submissions and make every table of the leaderboards from them
	$(VENV)/bin/latentbench verify leaderboards/rows/*.jsonl
	$(VENV)/bin/latentbench leaderboard

reproduce: $(VENV)/.installed  ## run a leaderboard in two fresh clones with a store each and compare: make reproduce TASK=shapes3d_exact
	$(PYTHON) tests/reproduce.py $(TASK)

docs: $(VENV)/.installed  ## the cards of metrics, and the documentation as a site
	$(VENV)/bin/latentbench docs --html site

screenshots: $(VENV)/.installed-test  ## the pictures of the README, with chromium
	$(PYTHON) tests/screenshots.py

clean:  ## forget the environment and the outputs, keep the store
	rm -rf $(VENV) outputs multirun
