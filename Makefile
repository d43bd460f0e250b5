# gan_lab: `make` alone lists what there is. Everything stands on .venv, which `make install` builds once.
PYTHON ?= python3
PORT ?= 7860
WORKERS ?= 2
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help install demo lab test bench lint clean

help:  ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(STAMP)  ## build .venv with all that demo, labs and tests need (the first time: some minutes, 6 GB with CUDA)

# torch and torchvision are named first and in the same call: the pair must come from the same place.
# The stamp is written last, so an interrupted install is taken up again and a finished one is left alone.
$(STAMP): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "gan_lab needs Python 3.11 or newer; name one: make install PYTHON=python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	  echo "no virtual environment could be made (on Debian and Ubuntu: apt-get install python3-venv)"; exit 1; }
	@echo "installing into $(VENV): the first time this takes some minutes"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch torchvision --editable ".[test,dev]"
	@touch $@

demo: $(STAMP)  ## open the apps on http://127.0.0.1:7860 (PORT=... for another port)
	$(BIN)/python -m gan_lab apps --port $(PORT)

lab: $(STAMP)  ## open the notebooks in JupyterLab
	$(BIN)/python -m gan_lab labs

test: $(STAMP)  ## run the tests, then every notebook cell by cell (WORKERS=1 for one process)
	$(BIN)/python -m pytest -n $(WORKERS)
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env --nbval-cell-timeout=90 labs

bench: $(STAMP)  ## measure speed on this machine; writes bench.json
	$(BIN)/python -m gan_lab bench

lint: $(STAMP)  ## ruff, its formatter and pyright
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

clean:  ## remove caches and builds (keeps .venv and runs/)
	rm -rf build dist .pytest_cache .ruff_cache bench*.json
	find gan_lab apps labs tests -name __pycache__ -prune -exec rm -rf {} +
