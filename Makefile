# Each target does all its own set-up: Python 3.11 or newer and make are enough.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/
SLOW := tests/cut tests/chaos tests/browser tests/kernel
NOTEBOOKS := tests/notebook/test_notebooks.py tests/notebook/test_saved.py tests/notebook/test_saved_elsewhere.py

.PHONY: demo test films chaos browser cuts kernels lint bench wheel clean

demo: $(VENV)/.installed ## the quickstart campaign, rehearsed in the sandbox
	$(RUN)kling-spec run specs/quickstart.yaml --sandbox --yes

test: $(VENV)/.developed lint ## the everyday suite; CI runs the lanes below as well, in short
	$(RUN)python -m pytest -rs -n 2 --dist worksteal $(SLOW:%=--ignore %) $(NOTEBOOKS:%=--ignore %)

films: $(VENV)/.developed ## all films, frame by frame; KLING_SPEC_TEST_FFMPEG names another ffmpeg than the one on PATH
	$(RUN)python -m pytest -rs -n 2 --dist worksteal tests/cut tests/media

chaos: $(VENV)/.developed ## runs that are killed and lied to, ten times as often as in the tests
	CHAOS_SEEDS=200 $(RUN)python -m pytest tests/chaos

browser: $(VENV)/.developed ## notebooks in a real page; needs Chromium, leaves screenshots in build/screenshots
	$(RUN)python -m pytest -rs -n 2 --dist worksteal tests/browser

cuts: $(VENV)/.developed ## cuts that are killed and run out of disk, ten times as often as in the tests
	KLING_SPEC_TEST_KILLS=20 $(RUN)python -m pytest tests/cut/test_cut_endures.py

kernels: $(VENV)/.developed ## notebooks executed as they are, and stopped at fifty moments; KLING_SPEC_TEST_IPYKERNELS names more ipykernels
	$(RUN)python -m pytest -n 2 $(NOTEBOOKS)
	KLING_SPEC_TEST_MOMENTS=50 $(RUN)python -m pytest tests/kernel

lint: $(VENV)/.developed
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	$(RUN)mypy
	$(RUN)lint-imports --no-cache

bench: $(VENV)/.developed ## ratios, measured side by side in one run
	$(RUN)python -m benchmarks

wheel: $(VENV)/.developed
	rm -rf dist
	$(RUN)python -m build --wheel --outdir dist .

clean:
	rm -rf build dist $(VENV)

$(VENV)/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "kling-spec needs Python 3.11 or newer; try: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(VENV)/bin/python
	$(RUN)python -m pip install --quiet --editable .
	touch $@

$(VENV)/.developed: pyproject.toml | $(VENV)/bin/python
	$(RUN)python -m pip install --quiet --editable '.[dev]'
	touch $@ $(VENV)/.installed
