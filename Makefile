# make run · test · check · docs · bench. VENV and PYTHON may be given: make test VENV=/tmp/v PYTHON=python3.12
# Tests run in JOBS processes: make test JOBS=0 runs them in one.
# make test NEWEST=1 VENV=/tmp/v installs the newest libraries instead of those of constraints.txt.

VENV   ?= .venv
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	echo $$python && exit; done; echo none)
BIN    := $(VENV)/bin
KERNEL ?= Prescott
JOBS   ?= 2
SHARED := -n $(JOBS) --dist loadfile --no-loadscope-reorder
PINS   := $(if $(NEWEST),,--constraint constraints.txt)

# Where the environment forbids to keep bytecode, every process of the tests would compile anew.
export PYTHONDONTWRITEBYTECODE :=

# The products of tests are small: threads of several processes that wait for each other took two
# fifths more processor time.
test test-blas docs: export OMP_NUM_THREADS ?= 1
test test-blas docs: export OPENBLAS_NUM_THREADS ?= 1

.DEFAULT_GOAL := help
.PHONY: help run test test-blas check docs docs-site bench

help:
	@echo 'make run     install into $(VENV) and climb the packaged timbre collection'
	@echo 'make test    run every test, the examples in docstrings and documents included'
	@echo 'make test-blas  run what depends on it under another BLAS kernel (KERNEL=Haswell)'
	@echo 'make check   formatter, linter, type checker, form of the docstrings'
	@echo 'make docs    run the examples of all documents and follow their links'
	@echo 'make docs-site  build the documents as pages with live labs, into build/docs'
	@echo 'make bench   measure against peers, and write docs/benchmarks.md'

run: $(VENV)/.run-installed
	$(BIN)/gradatim climb timbre

test: $(VENV)/.test-installed
	$(BIN)/python -m pytest $(SHARED)

# What is chosen among equals must not depend on the kernel that a processor gets from OpenBLAS.
test-blas: $(VENV)/.test-installed
	OPENBLAS_CORETYPE=$(KERNEL) $(BIN)/python -m pytest $(SHARED) \
		tests/approximation tests/separability/planes tests/cli/test_approximate.py tests/cli/test_separate.py

check: $(VENV)/.dev-installed
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/basedpyright --pythonpath $(BIN)/python
	$(BIN)/numpydoc lint $$(find src -name '*.py')

docs: $(VENV)/.test-installed
	$(BIN)/python -m pytest tests/test_docs.py

docs-site: $(VENV)/.dev-installed
	$(BIN)/python tools/build_site.py

bench: $(VENV)/.test-installed
	$(BIN)/python -m benchmarks all -o docs/benchmarks.md

$(VENV)/.venv-made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo 'gradatim needs Python 3.11 or newer: install it, or name it with make PYTHON=...' >&2; \
		exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

# A stamp is older than what it was made from when something must be installed again.
$(VENV)/.run-installed:  WHAT = .
$(VENV)/.test-installed: WHAT = .[test]
$(VENV)/.dev-installed:  WHAT = .[dev]
$(VENV)/.run-installed $(VENV)/.test-installed $(VENV)/.dev-installed: \
		$(VENV)/.venv-made pyproject.toml constraints.txt
	@echo 'installing $(WHAT) into $(VENV); the first time takes a minute or two'
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check \
		$(PINS) --editable '$(WHAT)'
	@touch $@
