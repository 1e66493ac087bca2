"""How near each article is to a question: dense, class and word views of it, and where the shopper is."""

import copy
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.classes import Classes, Floats
from knowledge_base.classes import fit_classes as fit_classes
from knowledge_base.context import Context
from knowledge_base.index import Entry, Index, Vectors
from knowledge_base.lexical import Bm25, explained, terms

NEIGHBOURS: Final = 512
FEW_TERMS: Final = 3
ALONE_FROM: Final = 0.45
ALONE_AT: Final = 0.65


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each view counts. Measured on public data and the dev questions; see docs/decisions."""

    nearest: float = 0.5
    centre: float = 0.5
    answer: float = 0.35
    chance: float = 0.4
    lexical: float = 0.25
    step: float = 0.1
    other_step: float = 0.06
    event: float = 0.2
    event_alone: float = 0.8


@dataclass(frozen=True, slots=True)
class Scores:
    """One number for each entry in each view; `total` ranks, `similarity` is at most 1.

    `centre` and `cosines` are the cosines to the entries' centres and to all questions, of the words scored
    last and with nothing left out.
    """

    nearest: Floats
    similarity: Floats
    chance: Floats
    lexical: Floats
    total: Floats
    centre: Floats
    cosines: Vectors

    def blended(self, other: "Scores", share: float) -> "Scores":
        """These scores and `share` of the others, which are of the words that count from here on."""
        mine, theirs = 1 - share, share
        return Scores(
            nearest=mine * self.nearest + theirs * other.nearest,
            similarity=mine * self.similarity + theirs * other.similarity,
            chance=mine * self.chance + theirs * other.chance,
            lexical=mine * self.lexical + theirs * other.lexical,
            total=mine * self.total + theirs * other.total,
            centre=other.centre,
            cosines=other.cosines,
        )

    def order(self, limit: int) -> NDArray[np.int64]:
        """Rows of the best entries, best first."""
        if limit >= len(self.total):
            return np.argsort(-self.total, kind="stable")
        falling = -self.total
        # All that are no worse than the last of the best, so that of equal ones the first rows stay first.
        best = np.flatnonzero(falling <= np.partition(falling, limit - 1)[limit - 1])
        return best[np.argsort(falling[best], kind="stable")][:limit]


class Scorer:
    """Scores all entries of an index. Immutable, so it can be shared by threads."""

    def __init__(self, index: Index, classes: Classes | None, weights: Weights | None = None) -> None:
        self.index = index
        self.classes = classes
        self.weights = weights or Weights()
        self.bags = [bag_of(entry) for entry in index.entries]
        self.bm25 = Bm25(self.bags)
        self._norms = np.linalg.norm(index.sums, axis=1) + 1e-9
        self._answered, self._answer_starts = np.unique(index.answer_owners, return_index=True)
        self._places = _Places(index)
        self._class_rows = _aligned(index, classes)

    def with_classes(self, classes: Classes | None) -> "Scorer":
        """The same with another classifier; what is worked out of the index alone is shared."""
        other = copy.copy(self)
        other.classes, other._class_rows = classes, _aligned(self.index, classes)
        return other

    def score(
        self,
        vector: Vectors,
        text: str,
        context: Context,
        *,
        without: int | None = None,
        cosines: Vectors | None = None,
    ) -> Scores:
        """The scores of a question; `without` leaves one question row out (for cross-fitting).

        `cosines` to all questions may be given where many questions' are worked out together.
        """
        cosines = self.index.cosines(vector) if cosines is None else cosines
        whole = self._centre(cosines)
        nearest, centre = self._dense(vector, cosines, whole, without)
        dense = self.weights.nearest * nearest + self.weights.centre * centre
        share = 1.0
        if len(self._answered):
            dense = dense + self.weights.answer * self._answer(vector, centre)
            share += self.weights.answer
        similarity = dense / share
        lexical = self._lexical(text, without)
        chance = self._chance(vector, similarity)
        total = dense + self.weights.chance * chance + self.weights.lexical * lexical
        if context.step or context.event:
            total = total + self._place(context, text, similarity)
        return Scores(nearest, similarity, chance, lexical, total, whole, cosines)

    def explained(
        self, weights: Mapping[str, float], row: int, *, without: int | None = None
    ) -> tuple[float, float]:
        """How much of the weights of a question's terms the entry's own hold: as a share, and the amount."""
        return explained(weights, self._bag(row, without))

    def _centre(self, cosines: Vectors) -> Floats:
        # The product with a sum of vectors is the sum of the products, and those are known.
        sums: Floats = np.add.reduceat(cosines, self.index.starts, dtype=np.float64)
        return np.asarray(sums / self._norms, dtype=np.float64)

    def _dense(
        self, vector: Vectors, cosines: Vectors, centre: Floats, without: int | None
    ) -> tuple[Floats, Floats]:
        index, floor = self.index, -1.0
        if len(cosines) > NEIGHBOURS:
            # What is farther than so many others counts no less: how far it is says nothing any more.
            floor = float(np.partition(cosines, -NEIGHBOURS)[-NEIGHBOURS])
        if without is not None:
            row = int(index.owners[without])
            left = index.sums[row] - index.questions[without]
            cosines, centre = cosines.copy(), centre.copy()
            cosines[without] = -1.0
            centre[row] = float(left @ vector) / (float(np.linalg.norm(left)) + 1e-9)
        nearest = np.maximum.reduceat(cosines, index.starts).astype(np.float64)
        return np.maximum(nearest, floor), centre

    def _answer(self, vector: Vectors, centre: Floats) -> Floats:
        best = centre.copy()
        best[self._answered] = np.maximum.reduceat(self.index.answers @ vector, self._answer_starts)
        return best

    def _lexical(self, text: str, without: int | None) -> Floats:
        query = terms(text)
        scores = self.bm25.scores(query)
        if without is not None:
            row = int(self.index.owners[without])
            scores[row] = self.bm25.score_bag(query, self._bag(row, without))
        return scores / self.bm25.ceiling(query)

    def _chance(self, vector: Vectors, similarity: Floats) -> Floats:
        """The classifier's probability; an entry it never saw gets the best one's where it is nearest."""
        chance = np.zeros(len(similarity))
        if self.classes is None:
            return chance
        found = self.classes.chances(vector)
        known = self._class_rows >= 0
        chance[known] = found[self._class_rows[known]]
        top = int(np.argmax(similarity))
        if not known[top]:
            chance[top] = float(chance.max())
        return chance

    def _place(self, context: Context, text: str, similarity: Floats) -> Floats:
        """What the shopper's step and last event add; an event counts for words that say little alone."""
        gains = np.zeros(len(self.index.entries))
        if context.step:
            gains[self._places.stepped] -= self.weights.other_step
            gains[self._places.step(context.step)] = self.weights.step
        if context.event:
            open_to_event = 0.0
            if len(terms(text)) <= FEW_TERMS:
                near = float(similarity.max())
                open_to_event = max(0.0, min(1.0, (ALONE_AT - near) / (ALONE_AT - ALONE_FROM)))
            gain = self.weights.event + open_to_event * self.weights.event_alone
            gains += gain * self._places.event_shares(context)
        return gains

    def _bag(self, row: int, without: int | None) -> Mapping[str, int]:
        if without is None or int(self.index.owners[without]) != row:
            return self.bags[row]
        at = without - int(self.index.starts[row])
        return self.bags[row] - Counter(terms(self.index.entries[row].questions[at]))


@lru_cache(maxsize=50_000)
def bag_of(entry: Entry) -> Counter[str]:
    """The terms of an entry: its phrasings, answers and tags."""
    return Counter(term for text in (*entry.questions, *entry.answers, *entry.tags) for term in terms(text))


def _aligned(index: Index, classes: Classes | None) -> NDArray[np.int64]:
    """For each entry its row in the classifier, or -1 when it is new or asked otherwise since."""
    rows = np.full(len(index.entries), -1, dtype=np.int64)
    if classes is not None:
        seen = dict(zip(zip(classes.ids, classes.digests, strict=True), range(len(classes.ids)), strict=True))
        for row, entry in enumerate(index.entries):
            rows[row] = seen.get((entry.id, entry.asked_digest), -1)
    return rows


class _Places:
    """Which entries belong to a step or an event."""

    def __init__(self, index: Index) -> None:
        self.stepped = _rows(row for row, entry in enumerate(index.entries) if entry.steps)
        self._steps = _rows_by_name(entry.steps for entry in index.entries)
        self._events = _rows_by_name(entry.events for entry in index.entries)
        self._size = len(index.entries)

    def step(self, name: str) -> NDArray[np.int64]:
        """The rows of the entries for a step."""
        return self._steps.get(name, _NONE)

    def event_shares(self, context: Context) -> Floats:
        """For each entry 1 for the event with its code, half for the event alone."""
        shares = np.zeros(self._size)
        shares[self._events.get(context.event or "", _NONE)] = 0.5
        if context.code:
            shares[self._events.get(f"{context.event}:{context.code}", _NONE)] = 1.0
        return shares


def _rows_by_name(names_of_rows: Iterable[Sequence[str]]) -> dict[str, NDArray[np.int64]]:
    found: dict[str, list[int]] = {}
    for row, names in enumerate(names_of_rows):
        for name in set(names):
            found.setdefault(name, []).append(row)
    return {name: _rows(rows) for name, rows in found.items()}


def _rows(found: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(found, dtype=np.int64)


_NONE: Final = _rows(())
