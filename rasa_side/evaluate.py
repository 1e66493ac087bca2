"""Cross-validated figures of the pipeline in config.yml: `python -m rasa_side.evaluate --folds 5`.

Trains the components themselves for each fold, not a whole Rasa model, so five folds take seconds. Prints one
JSON object: {"folds", "examples", "accuracy", "macro_f1", "intents": {name: {"precision", "recall", "f1",
"examples"}}, "took_s"}. A message that falls back counts for what the classifier held most likely, because
the fallback is a decision of the dialogue.
"""

import argparse
import json
import tempfile
import time
from itertools import takewhile
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence, Tuple

import rasa.engine.recipes.default_components  # registers Rasa's components
import rasa.shared.utils.io
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import class_from_module_path
from sklearn.metrics import precision_recall_fscore_support
from sklearn.model_selection import StratifiedKFold

_SEED = 7
# What these make of a message depends on no other message, so once is enough for all folds.
_MESSAGE_BY_MESSAGE = frozenset({"WhitespaceTokenizer", "RegexFeaturizer"})


def components(config: Sequence[Dict[str, Any]], folder: Path) -> Iterator[Any]:
    """The pipeline's components, untrained, up to the classifier."""
    storage = LocalModelStorage(folder)
    for place, given in enumerate(config):
        settings = dict(given)
        name = settings.pop("name")
        if name == "FallbackClassifier":
            return
        known = class_from_module_path(name) if "." in name else DefaultV1Recipe._from_registry(name).clazz
        node = f"{name}{place}"
        context = ExecutionContext(GraphSchema({}), model_id="evaluation", node_name=node)
        yield known.create({**known.get_default_config(), **settings}, storage, Resource(node), context)


def prepared(config: Sequence[Dict[str, Any]], data: TrainingData, texts: Sequence[str]) -> List[Message]:
    """The texts after the components that need no training examples."""
    messages = [Message({TEXT: text}) for text in texts]
    with tempfile.TemporaryDirectory() as folder:
        for component in components(config, Path(folder)):
            if hasattr(component, "train"):
                component.train(TrainingData(regex_features=data.regex_features))
            messages = component.process(messages)
    return messages


def predictions(
    config: Sequence[Dict[str, Any]], train: Sequence[Tuple[Message, str]], asked: Sequence[Message]
) -> List[str]:
    """The intent of each message after training on messages and their intents."""
    examples = [
        Message({**known.data, INTENT: intent}, features=[*known.features]) for known, intent in train
    ]
    messages = [Message(known.data, features=[*known.features]) for known in asked]
    data = TrainingData(training_examples=examples)
    with tempfile.TemporaryDirectory() as folder:
        for component in components(config, Path(folder)):
            if hasattr(component, "train"):
                component.train(data)
            if not isinstance(component, IntentClassifier):
                component.process_training_data(data)
            messages = component.process(messages)
    return [message.get(INTENT)["name"] for message in messages]


def cross_validated(config: Sequence[Dict[str, Any]], data: TrainingData, folds: int) -> Dict[str, Any]:
    """The figures over all folds together, each example judged by the fold that did not see it."""
    spoken = [example for example in data.intent_examples if not example.get(TEXT).startswith("/")]
    wanted = [example.get(INTENT) for example in spoken]
    once = list(takewhile(lambda given: given["name"] in _MESSAGE_BY_MESSAGE, config))
    messages = prepared(once, data, [example.get(TEXT) for example in spoken])
    found: List[Tuple[str, str]] = []
    for seen, unseen in StratifiedKFold(folds, shuffle=True, random_state=_SEED).split(spoken, wanted):
        train = [(messages[i], wanted[i]) for i in seen]
        guessed = predictions(config[len(once) :], train, [messages[i] for i in unseen])
        found.extend(zip((wanted[i] for i in unseen), guessed, strict=True))
    return _figures([intent for intent, _ in found], [guess for _, guess in found])


def _figures(wanted: Sequence[str], guessed: Sequence[str]) -> Dict[str, Any]:
    names = sorted(set(wanted))
    columns = precision_recall_fscore_support(wanted, guessed, labels=names, zero_division=0)
    intents = {
        name: {"precision": precision, "recall": recall, "f1": f1, "examples": int(count)}
        for name, precision, recall, f1, count in zip(names, *columns, strict=True)
    }
    return {
        "examples": len(wanted),
        "accuracy": sum(a == b for a, b in zip(wanted, guessed, strict=True)) / len(wanted),
        "macro_f1": sum(figures["f1"] for figures in intents.values()) / len(intents),
        "intents": intents,
    }


def project_figures(folds: int) -> Dict[str, Any]:
    """The figures of the project in the working directory, and how long they took."""
    started_s = time.monotonic()
    config = rasa.shared.utils.io.read_yaml_file("config.yml")["pipeline"]
    data = TrainingDataImporter.load_nlu_importer_from_config(
        "config.yml", "domain.yml", ["data"]
    ).get_nlu_data()
    figures = cross_validated(config, data, folds)
    return {"folds": folds, **figures, "took_s": round(time.monotonic() - started_s, 1)}


def main() -> None:
    """Reads the project in the working directory and prints the figures as JSON."""
    parser = argparse.ArgumentParser(description="Cross-validated figures of the intent classifier.")
    parser.add_argument("--folds", type=int, default=5)
    print(json.dumps(project_figures(parser.parse_args().folds)))


if __name__ == "__main__":
    main()
