"""Trains the Rasa model and cross-validates its intents, in one process, as loading Rasa takes long.

    python -m rasa_side.train [--name NAME] [--folds FOLDS]

With `--name` the model becomes models/NAME.tar.gz. The last line printed is a JSON object: `trained_s` where
a model was trained; `intents`, what `rasa_side.evaluate` prints, where folds were asked for.
"""

import argparse
import json
import logging
import time
from typing import Any, Dict

import rasa
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog

from rasa_side.evaluate import project_figures

CONFIG = "config.yml"
DOMAIN = "domain.yml"
DATA = "data"
MODELS = "models"


class TrainingFailedError(Exception):
    """Rasa trained nothing; its own words are above."""


def train(name: str) -> None:
    """Trains the project in the working directory. Raises TrainingFailedError when no model came of it."""
    result = rasa.train(DOMAIN, CONFIG, [DATA], output=MODELS, fixed_model_name=name)
    if result.model is None:
        raise TrainingFailedError(f"No model at {MODELS}/{name}.tar.gz (code {result.code}).")


def main() -> None:
    """Reads the options and does what they ask for."""
    parser = argparse.ArgumentParser(description="Train the Rasa model and cross-validate its intents.")
    parser.add_argument("--name", help="train, and call the model this")
    parser.add_argument("--folds", type=int, default=0, help="cross-validate with this many folds")
    options = parser.parse_args()
    # As `rasa train --quiet` does: no notes of each rule, no bars.
    configure_logging_and_warnings(logging.WARNING)
    configure_structlog(logging.WARNING)
    found: Dict[str, Any] = {}
    if options.name:
        started_s = time.monotonic()
        train(options.name)
        found["trained_s"] = round(time.monotonic() - started_s, 1)
    if options.folds:
        found["intents"] = project_figures(options.folds)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
