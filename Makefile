PYTHON ?= python3
APP := .venv/bin
EVAL ?=
THOROUGH ?=

.PHONY: run setup train test lint bench screenshots clean

run: ## Set up the first time, then start rasa, actions and bot
	@$(PYTHON) -m scripts.run

setup: ## Both environments, front end, models, index, database
	@$(PYTHON) -m scripts.setup

train: ## Train Rasa, build the index, print how good both are; THOROUGH=1 also trains the sentence model
	@$(PYTHON) -m scripts.setup --only-environments
	@$(APP)/python scripts/train.py $(if $(THOROUGH),--thorough)

test: ## Everything that is checked, on a machine with nothing prepared
	@$(PYTHON) -m scripts.check

lint: ## Style, types, import directions
	@$(PYTHON) -m scripts.setup --dev --only-environments
	@$(APP)/python -m scripts.check --only lint

bench: ## Print speed, memory and quality; EVAL=DIR adds the suites in DIR
	@$(PYTHON) -m scripts.setup --dev
	@$(APP)/python -m tests.bench $(if $(EVAL),--eval $(EVAL))

screenshots: ## Make the pictures in docs/ from the running system
	@$(PYTHON) -m scripts.setup --dev
	@$(APP)/python -m scripts.screenshots

clean: ## Remove everything that was made here
	rm -rf .venv .venv-rasa var models bot/static web/node_modules .rasa results .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
