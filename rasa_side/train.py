"""Trains the Rasa model and cross-validates its intents, in one process, as loading Rasa takes long.

    python -m rasa_side.train [--name NAME] [--folds FOLDS]

With `--name` the model becomes models/NAME.tar.gz. The last line printed is a JSON object: `trained_s` where
a model was trained; `intents`, what `rasa_side.evaluate` prints, where folds were asked for.
"""

import argparse
import json
import logging
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, List, Optional

import rasa.engine.recipes.default_components  # registers Rasa's components
import rasa.engine.validation
from rasa.engine.caching import LocalTrainingCache
from rasa.engine.graph import ExecutionContext, GraphNodeHook, GraphSchema
from rasa.engine.recipes.recipe import Recipe
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.storage import ModelStorage
from rasa.engine.training.graph_trainer import GraphTrainer
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.data import TrainingType
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.utils.common import configure_logging_and_warnings
from rasa.utils.log_utils import configure_structlog

from rasa_side.evaluate import project_figures

CONFIG = "config.yml"
DOMAIN = "domain.yml"
DATA = "data"
MODELS = Path("models")


class UncachedRunner(DaskGraphRunner):
    """Runs a training without the notes that let Rasa reuse its parts.

    To hash every token after every step takes half of a training, and a model of the same sources is not
    trained again anyway.
    """

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: Optional[List[GraphNodeHook]] = None,
    ) -> "UncachedRunner":
        """A runner whose hooks write nothing into the cache."""
        others = [hook for hook in hooks or [] if not isinstance(hook, TrainingHook)]
        return cls(graph_schema, model_storage, execution_context, others)


def train(name: str) -> None:
    """Trains the project in the working directory, as `rasa train` does, into models/NAME.tar.gz."""
    importer = TrainingDataImporter.load_from_config(CONFIG, DOMAIN, [DATA])
    given = importer.get_config()
    recipe = Recipe.recipe_for_name(given.get("recipe"))
    config, _, _ = recipe.auto_configure(importer.get_config_file_for_auto_config(), given, TrainingType.BOTH)
    graph = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    rasa.engine.validation.validate(graph)
    MODELS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        storage = LocalModelStorage.create(Path(folder))
        trainer = GraphTrainer(storage, LocalTrainingCache(), UncachedRunner)
        trainer.train(graph, importer, MODELS / f"{name}.tar.gz", force_retraining=True)


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
