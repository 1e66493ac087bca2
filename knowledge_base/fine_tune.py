"""The sentence model trained further on a knowledge base's own questions, kept only where that helps.

The trained weights may be averaged with those they came from (weight-space ensembles, Wortsman et al., 2022).
"""

import json
import math
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from os import cpu_count
from pathlib import Path
from typing import Final

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from knowledge_base.classes import MIN_QUESTIONS_FOR_CLASSES, fit_classes
from knowledge_base.context import Context
from knowledge_base.contrast import mixed, neighbours_of, trained
from knowledge_base.index import Entry, Index, Vectors, content_digest, texts_of
from knowledge_base.model_files import NOTE, model_folder
from knowledge_base.scoring import Scorer

STEPS: Final = 60
HELD_OUT: Final = 0.2
SHARES: Final = (0.5, 1.0)
FEWEST_ARTICLES: Final = 8

Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Trial:
    """How a model did on questions that it was not trained on.

    `right` says of each whether its article came first. `apart` is the chance that it scores higher than a
    question whose article is hidden, and that it scores lower with its own hidden than one that is not.
    """

    share: float
    right: tuple[bool, ...]
    apart: tuple[float, ...]

    @property
    def top1(self) -> float:
        """The share of questions whose article came first."""
        return sum(self.right) / len(self.right)

    @property
    def separation(self) -> float:
        """The chance that a question scores higher than one whose article is hidden."""
        return sum(self.apart) / len(self.apart)

    def beats(self, other: "Trial") -> bool:
        """More right and told apart, together by more than a standard error (paired), and no worse at either.

        A direct answer needs both: a model that only orders articles better answers more of what has none.
        """
        right, apart = np.subtract(self.right, other.right, dtype=float), np.subtract(self.apart, other.apart)
        return _standing(right + apart) > 1 and min(_standing(right), _standing(apart)) >= -1


@dataclass(frozen=True, slots=True)
class Verdict:
    """The share of the trained weights to use, 0 for none, and the trials, the plain model first."""

    share: float
    trials: tuple[Trial, ...]

    def __str__(self) -> str:
        figures = ", ".join(
            f"{trial.share:.1f} trained: {trial.top1:.3f} right, {trial.separation:.3f} told apart"
            for trial in self.trials
        )
        return f"{'Kept' if self.share else 'Not kept'} ({figures})" if figures else "Too few questions"


def fine_tune(
    entries: Sequence[Entry],
    model: str,
    target: Path,
    *,
    progress: Step | None = None,
    seed: int = 7,
    steps: int = STEPS,
) -> Verdict:
    """Trains on four fifths of the questions, asks the others; where it helps, trains on all into `target`.

    Where it does not help, `target` is removed. Takes minutes. Raises `FileNotFoundError` as `model_folder`.
    """
    heard = progress or _unheard
    folder = model_folder(model)
    shutil.rmtree(target, ignore_errors=True)
    held = _held_out(entries, seed)
    if not held:
        return Verdict(0.0, ())
    base = _load(folder)
    fewer = [_without(entry, held.get(row, ())) for row, entry in enumerate(entries)]
    with _all_cores():
        vectors = _encoded(base, texts_of(entries))
        near = neighbours_of(Index(fewer, vectors, len(next(iter(vectors.values())))))
        learned = trained(_load(folder), fewer, near, steps, seed, lambda done: heard(done, 2 * steps))
        trials = [_trial(0.0, vectors, fewer, held)]
        for share in SHARES:
            vectors = _encoded(mixed(base, learned, share), texts_of(entries))
            trials.append(_trial(share, vectors, fewer, held))
        verdict = Verdict(_best_share(trials), tuple(trials))
        if verdict.share:
            whole = trained(
                _load(folder), entries, near, steps, seed, lambda done: heard(steps + done, 2 * steps)
            )
            _keep(mixed(base, whole, verdict.share), target, verdict, content_digest(entries))
    return verdict


def _load(folder: Path) -> SentenceTransformer:
    return SentenceTransformer(str(folder), device="cpu", local_files_only=True)


def _standing(gains: NDArray[np.float64]) -> float:
    """The sum of paired differences in standard errors of a sum that is zero by itself."""
    error = math.sqrt(float(gains @ gains))
    return float(gains.sum()) / error if error else 0.0


def _best_share(trials: Sequence[Trial]) -> float:
    better = [trial for trial in trials[1:] if trial.beats(trials[0])]
    return max(better, key=lambda trial: trial.top1 + trial.separation).share if better else 0.0


def _held_out(entries: Sequence[Entry], seed: int) -> dict[int, tuple[str, ...]]:
    """A fifth of each article's questions, by row; none when the articles have too few."""
    counts = [len(entry.questions) for entry in entries]
    if len(entries) < FEWEST_ARTICLES or sum(counts) / len(counts) < MIN_QUESTIONS_FOR_CLASSES:
        return {}
    random = np.random.default_rng(seed)
    held = {}
    for row, entry in enumerate(entries):
        if counts[row] > 1:
            places = random.permutation(counts[row])[: max(1, int(HELD_OUT * counts[row]))]
            held[row] = tuple(entry.questions[int(place)] for place in places)
    return held


def _without(entry: Entry, held: Sequence[str]) -> Entry:
    return replace(entry, questions=tuple(text for text in entry.questions if text not in held))


def _trial(
    share: float, vectors: Mapping[str, Vectors], entries: Sequence[Entry], held: Mapping[int, Sequence[str]]
) -> Trial:
    """Asks the questions held out, as search would, and again as if their article were not there."""
    index = Index(entries, vectors, len(next(iter(vectors.values()))))
    scorer = Scorer(index, fit_classes(index))
    right, near, hidden = [], [], []
    for row, texts in held.items():
        for text in texts:
            total = scorer.score(vectors[text], text, Context()).total
            right.append(int(np.argmax(total)) == row)
            near.append(float(total.max()))
            hidden.append(float(np.delete(total, row).max()))
    above = np.searchsorted(np.sort(hidden), near) / len(hidden)
    below = 1 - np.searchsorted(np.sort(near), hidden) / len(near)
    return Trial(share, tuple(right), tuple(((above + below) / 2).tolist()))


def _encoded(model: SentenceTransformer, texts: Sequence[str]) -> dict[str, Vectors]:
    rows = model.encode(list(texts), batch_size=32, normalize_embeddings=True, show_progress_bar=False)
    return dict(zip(texts, np.asarray(rows, dtype=np.float32), strict=True))


def _keep(model: SentenceTransformer, target: Path, verdict: Verdict, content: str) -> None:
    """Writes the model whole or not at all; the note makes its fingerprint its own."""
    staged = target.with_name(f".{target.name}")
    shutil.rmtree(staged, ignore_errors=True)
    model.save_pretrained(str(staged), create_model_card=False)
    note = {
        "share": verdict.share,
        "content": content,
        "trials": [
            {"share": trial.share, "top1": trial.top1, "separation": trial.separation}
            for trial in verdict.trials
        ],
    }
    (staged / NOTE).write_text(json.dumps(note, indent=1), encoding="utf-8")
    staged.rename(target)


def _unheard(done: int, total: int) -> None:
    """For callers who want no progress."""


@contextmanager
def _all_cores() -> Iterator[None]:
    """Training takes all cores; searching, before and after, one."""
    before = torch.get_num_threads()
    torch.set_num_threads(cpu_count() or 1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
