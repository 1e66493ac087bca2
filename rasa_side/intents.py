"""The intent classifier: Rasa's logistic regression, with its strength set in config.yml and a plain file."""

import json
from typing import Any, Dict, List, Tuple

import numpy as np
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.utils.tensorflow.constants import RANKING_LENGTH
from scipy.sparse import csr_matrix, hstack, vstack
from scipy.special import softmax
from sklearn.linear_model import LogisticRegression

_WEIGHTS = "weights.npz"
_CLASSES = "intents.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ShopperIntents(LogisticRegressionClassifier):
    """Gives the probability of each intent, from the sparse features before it in the pipeline.

    Two things differ from Rasa's own. `C` (the inverse of the regularisation's strength) can be set. And the
    model is stored as a matrix and a list of names, instead of through skops, whose import alone takes
    several seconds of each training and each start.
    """

    @staticmethod
    def get_default_config() -> Dict[str, Any]:
        """Rasa's options and `C`."""
        return {**LogisticRegressionClassifier.get_default_config(), "C": 1.0}

    def __init__(
        self, config: Dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource
    ) -> None:
        """An untrained classifier."""
        super().__init__(config, name, model_storage, resource)
        self.clf = LogisticRegression(
            C=self.config["C"],
            solver=self.config["solver"],
            max_iter=self.config["max_iter"],
            tol=self.config["tol"],
            random_state=self.config["random_state"],
            class_weight="balanced",
        )
        self._names: List[str] = []
        self._weights = np.zeros((0, 0))
        self._bias = np.zeros(0)

    def _create_training_matrix(self, training_data: TrainingData) -> Tuple[Any, List[str]]:
        """The features and intents of what shoppers say; commands such as `/choose_article` are left out."""
        spoken = [
            example
            for example in training_data.intent_examples
            if example.get(INTENT) and example.get(TEXT) and not example.get(TEXT).startswith("/")
        ]
        return self._create_X(spoken), [example.get(INTENT) for example in spoken]

    def _create_X(self, messages: List[Message]) -> csr_matrix:  # noqa: N802
        """One row of features for each message; stacked featurizer by featurizer, which is fast."""
        rows = [_sentence_features(message) for message in messages]
        return hstack([vstack(column) for column in zip(*rows, strict=True)], format="csr")

    def process(self, messages: List[Message]) -> List[Message]:
        """Sets the most likely intent and the ranking of each message that has any features."""
        rows = {place: _sentence_features(message) for place, message in enumerate(messages)}
        featurized = [messages[place] for place, row in rows.items() if row]
        if not self._names or not featurized:
            return messages
        probabilities = softmax(self._scores([row for row in rows.values() if row]), axis=1)
        length = self.config[RANKING_LENGTH] or len(self._names)
        for message, row in zip(featurized, probabilities, strict=True):
            order = np.argsort(-row)
            ranking = [{"name": self._names[i], "confidence": float(row[i])} for i in order[:length]]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _scores(self, rows: List[List[csr_matrix]]) -> np.ndarray:
        """The same as `_create_X(...) @ weights + bias`, without building the wide rows."""
        scores = np.tile(self._bias, (len(rows), 1))
        start = 0
        for column in zip(*rows, strict=True):
            block = column[0] if len(column) == 1 else vstack(column)
            scores += block @ self._weights[start : start + block.shape[1]]
            start += block.shape[1]
        return scores

    def persist(self) -> None:
        """Writes the weights and the intents' names."""
        self._keep(self.clf.coef_.T, self.clf.intercept_, [str(name) for name in self.clf.classes_])
        with self._model_storage.write_to(self._resource) as folder:
            np.savez(folder / _WEIGHTS, weights=self._weights, bias=self._bias)
            (folder / _CLASSES).write_text(json.dumps(self._names), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: Dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_kwargs: Any,
    ) -> "ShopperIntents":
        """The classifier as `persist` left it."""
        classifier = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            stored = np.load(folder / _WEIGHTS, allow_pickle=False)
            names = json.loads((folder / _CLASSES).read_text(encoding="utf-8"))
        classifier._keep(stored["weights"], stored["bias"], names)
        return classifier

    def _keep(self, weights: np.ndarray, bias: np.ndarray, names: List[str]) -> None:
        self._weights, self._bias, self._names = weights, bias, names


def _sentence_features(message: Message) -> List[csr_matrix]:
    """The sparse features of the whole message, in the order of the featurizers."""
    return [
        csr_matrix(found.features)
        for found in message.features
        if found.is_sparse() and found.type == FEATURE_TYPE_SENTENCE and found.attribute == TEXT
    ]
