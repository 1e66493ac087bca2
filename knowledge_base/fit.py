"""What is learned from a knowledge base: the classifier, the calibration, and which articles they saw."""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from knowledge_base.classes import MIN_QUESTIONS_FOR_CLASSES, Classes, fit_classes
from knowledge_base.confidence import Budget, Calibration, calibrate
from knowledge_base.crossfit import Labelled, labelled_samples, own_samples
from knowledge_base.index import Index
from knowledge_base.lexical import Speller
from knowledge_base.matching import EncodesQuestion, Matcher
from knowledge_base.scoring import Scorer

ENOUGH_LABELLED: Final = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit of one version. `seen` and `asked` map an entry's id to its digests at the time."""

    version: int = 0
    classes: Classes | None = None
    calibration: Calibration = field(default_factory=Calibration)
    seen: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    fitted_at: str | None = None

    def dump(self) -> dict[str, bytes]:
        """Files to keep with the index."""
        meta = {
            "version": self.version,
            "calibration": self.calibration.as_dict(),
            "seen": dict(self.seen),
            "asked": dict(self.asked),
            "fitted_at": self.fitted_at,
            "classes": None,
        }
        files = {}
        if self.classes:
            meta["classes"] = {"ids": self.classes.ids, "digests": self.classes.digests}
            buffer = io.BytesIO()
            np.savez(buffer, weights=self.classes.weights, bias=self.classes.bias)
            files["classes.npz"] = buffer.getvalue()
        return {"fit.json": json.dumps(meta).encode(), **files}

    @classmethod
    def load(cls, meta_json: bytes, classes_npz: bytes) -> "Fit":
        """From the files of `dump`. Raises `ValueError` or `KeyError` when they are not what it wrote."""
        meta: dict[str, Any] = json.loads(meta_json)
        classes = None
        if meta["classes"]:
            with np.load(io.BytesIO(classes_npz)) as arrays:
                classes = Classes(
                    tuple(meta["classes"]["ids"]),
                    tuple(meta["classes"]["digests"]),
                    arrays["weights"],
                    arrays["bias"],
                )
        calibration = Calibration.of(meta["calibration"])
        return cls(
            version=int(meta["version"]),
            classes=classes,
            calibration=calibration,
            seen=dict(meta["seen"]),
            asked=dict(meta["asked"]),
            fitted_at=meta["fitted_at"],
        )


def fit(
    index: Index,
    *,
    version: int,
    at: dt.datetime,
    encoder: EncodesQuestion,
    speller: Speller,
    labelled: Sequence[Labelled] = (),
    budget: Budget | None = None,
) -> Fit:
    """Learns from the index alone, and from `labelled` questions where the shop has some.

    With 100 labelled questions or more these alone set the thresholds; with fewer the articles' own do too.
    """
    seen = {entry.id: entry.digest for entry in index.entries}
    asked = {entry.id: entry.asked_digest for entry in index.entries}
    if len(index.entries) < 2:
        return Fit(version=version, seen=seen, asked=asked, fitted_at=at.isoformat())
    classes = fit_classes(index)
    usable = [question for question in labelled if question.split == "dev" and question.kind != "double"]
    samples = labelled_samples(Matcher(Scorer(index, classes), encoder, speller), usable)
    enough = sum(sample.answerable for sample in samples) >= ENOUGH_LABELLED
    # With one or two questions an article, holding one out takes most of the article away.
    enough_each = len(index.owners) >= MIN_QUESTIONS_FOR_CLASSES * len(index.entries)
    own = own_samples(index) if enough_each and not enough else []
    return Fit(
        version=version,
        classes=classes,
        calibration=calibrate(samples, budget, own=own),
        seen=seen,
        asked=asked,
        fitted_at=at.isoformat(),
    )
