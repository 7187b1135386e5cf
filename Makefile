.DEFAULT_GOAL := help
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

# Everything runs from the environment of the lock, and MLflow reads no pickle.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export MLFLOW_ALLOW_PICKLE_DESERIALIZATION := false
export DVC_NO_ANALYTICS := 1

.PHONY: help repro test lint lock ui benchmark clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

repro: $(READY) ## run the whole pipeline: data, models, MLflow run, artifact, published month
	$(BIN)/dvc repro

test: $(READY) ## lint, then run all tests
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

lint: $(READY) ## format and check the code
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

lock: $(READY) ## renew requirements.lock from pyproject.toml
	$(BIN)/uv pip compile pyproject.toml --group dev --generate-hashes --python-version 3.11 \
		--no-emit-index-url --upgrade --custom-compile-command "make lock" -o requirements.lock

ui: $(READY) ## open the MLflow user interface on this machine
	$(BIN)/mlflow ui --backend-store-uri sqlite:///mlflow.db

benchmark: $(READY) ## print the benchmarks' tables: speed, ablation, prevalence
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/ablation.py
	$(BIN)/python benchmarks/prevalence_coverage.py

clean: ## remove the environment and everything that the pipeline made outside git
	rm -rf $(VENV) data/raw data/documents data/quarantine data/split data/model data/scores \
		data/contrast_tables data/track.json export mlflow.db mlartifacts dvc_plots .dvc/tmp .dvc/cache

# The lock alone says what is installed; uv itself comes from the lock too, and is much faster than pip.
# The database is made here, since parallel first starts would collide in its migration.
$(READY): requirements.lock pyproject.toml
	rm -rf $(VENV)
	$(PYTHON) -m venv $(VENV)
	sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r $(VENV)/uv.lock
	$(BIN)/uv pip sync --quiet --python $(BIN)/python --require-hashes requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	$(BIN)/python -m pipelines.set_up
	touch $(READY)
