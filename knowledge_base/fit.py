"""What is learned from a knowledge base: the classifier, the calibration, and which articles they saw."""

import datetime as dt
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from knowledge_base.classes import MIN_QUESTIONS_FOR_CLASSES, Classes, fit_classes
from knowledge_base.confidence import Budget, Calibration, Sample, calibrate
from knowledge_base.crossfit import Labelled, labelled_samples, own_samples
from knowledge_base.index import Index
from knowledge_base.lexical import Speller, clean
from knowledge_base.matching import EncodesQuestion, Matcher
from knowledge_base.scoring import Scorer
from knowledge_base.unanswered import Unanswered, known_unanswered

ENOUGH_LABELLED: Final = 100


@dataclass(frozen=True, slots=True)
class Fit:
    """A fit of one version. `seen` and `asked` map an entry's id to its digests at the time."""

    version: int = 0
    classes: Classes | None = None
    calibration: Calibration = field(default_factory=Calibration)
    unanswered: Unanswered = field(default_factory=Unanswered)
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
            "unanswered": self.unanswered.questions,
        }
        files = {}
        if self.unanswered.questions:
            buffer = io.BytesIO()
            np.save(buffer, self.unanswered.vectors)
            files["unanswered.npy"] = buffer.getvalue()
        if self.classes:
            meta["classes"] = {"ids": self.classes.ids, "digests": self.classes.digests}
            buffer = io.BytesIO()
            np.savez(buffer, weights=self.classes.weights, bias=self.classes.bias)
            files["classes.npz"] = buffer.getvalue()
        return {"fit.json": json.dumps(meta).encode(), **files}

    @classmethod
    def load(cls, meta_json: bytes, classes_npz: bytes, unanswered_npy: bytes) -> "Fit":
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
        unanswered = Unanswered()
        if meta["unanswered"]:
            unanswered = Unanswered(tuple(meta["unanswered"]), np.load(io.BytesIO(unanswered_npy)))
        calibration = Calibration.of(meta["calibration"])
        return cls(
            version=int(meta["version"]),
            classes=classes,
            calibration=calibration,
            unanswered=unanswered,
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
    samples: Sequence[Sample] = (),
) -> Fit:
    """Learns from the index alone, and from `labelled` questions where the shop has some.

    `samples` are used where these questions had to be asked otherwise, such as of a base that lacks them.
    With 100 labelled questions or more these alone set the thresholds; with fewer the articles' own do too.
    """
    seen = {entry.id: entry.digest for entry in index.entries}
    asked = {entry.id: entry.asked_digest for entry in index.entries}
    if len(index.entries) < 2:
        return Fit(version=version, seen=seen, asked=asked, fitted_at=at.isoformat())
    classes = fit_classes(index)
    usable = [question for question in labelled if question.split == "dev" and question.kind != "double"]
    matcher = Matcher(Scorer(index, classes), encoder, speller)
    unanswered = known_of(matcher, usable)
    samples = samples or labelled_samples(matcher, usable, unanswered)
    enough = sum(sample.answerable for sample in samples) >= ENOUGH_LABELLED
    # With one or two questions an article, holding one out takes most of the article away.
    enough_each = len(index.owners) >= MIN_QUESTIONS_FOR_CLASSES * len(index.entries)
    own = own_samples(index) if enough_each and not enough else []
    return Fit(
        version=version,
        classes=classes,
        calibration=calibrate(samples, budget, own=own),
        unanswered=unanswered,
        seen=seen,
        asked=asked,
        fitted_at=at.isoformat(),
    )


def known_of(matcher: Matcher, labelled: Sequence[Labelled]) -> Unanswered:
    """The labelled questions that nothing answers."""
    texts = [clean(question.question) for question in labelled if not question.labels]
    vectors = [matcher.vector(matcher.speller.repaired(text)) for text in texts]
    return known_unanswered(matcher.scorer.index, texts, vectors)
