"""Measuring search on questions it was not fitted on: our own set, or any folder of the same form."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from knowledge_base.build import entries_of, read_labelled
from knowledge_base.classes import Floats
from knowledge_base.confidence import CHOICES, Budget, Sample
from knowledge_base.context import Context
from knowledge_base.crossfit import Labelled
from knowledge_base.embed import Encoder
from knowledge_base.fit import fit
from knowledge_base.folder import read_folder
from knowledge_base.glossary import EMPTY, Glossary
from knowledge_base.index import Entry, Index, texts_of
from knowledge_base.language import Languages
from knowledge_base.lexical import Bm25, Speller, clean, terms
from knowledge_base.matching import Matcher
from knowledge_base.metrics import Row, measure
from knowledge_base.scoring import Scorer, bag_of
from knowledge_base.search import Reply, Searcher, Tongue, word_counts
from knowledge_base.teaching import taught, taught_samples
from knowledge_base.vectors import Progress, VectorCache

RANKED = 10


@dataclass(frozen=True, slots=True)
class Bands:
    """What shoppers would see, as shares. `direct` and `reached` of answerable questions."""

    direct: float
    reached: float
    direct_right: float
    handed_over: float
    doubles_answered: float
    answerable: int
    unanswerable: int
    doubles: int
    answers: int


@dataclass(frozen=True, slots=True)
class Answered:
    """A question, the reply it got, and how long that took."""

    question: Labelled
    reply: Reply
    took_ms: float = 0.0

    @property
    def row(self) -> Row:
        """For the measures."""
        ids = tuple(found.id for found in self.reply.found)
        return Row(self.question.labels, ids, self.reply.confidence)

    @property
    def parts(self) -> tuple[Reply, ...]:
        """What is shown: the reply itself, or the replies to the questions in it."""
        return self.reply.parts or (self.reply,)

    @property
    def direct(self) -> bool:
        """An article was given as the answer."""
        return any(part.band == "answer" for part in self.parts)

    @property
    def all_right(self) -> bool:
        """Every article given as an answer is right."""
        return all(part.found[0].id in self.question.labels for part in self.parts if part.band == "answer")

    @property
    def reached(self) -> bool:
        """A right answer was given, or the right article was among the buttons."""
        shown = {"answer": 1, "clarify": CHOICES, "hand_over": 0}
        return any(
            found.id in self.question.labels
            for part in self.parts
            for found in part.found[: shown[part.band]]
        )

    @property
    def handed_over(self) -> bool:
        """Neither an answer nor a button was shown."""
        return all(part.band == "hand_over" for part in self.parts)


def read_entries(path: Path) -> tuple[Entry, ...]:
    """The articles of a `kb.jsonl`. Raises `ValueError` with the line that cannot be read."""
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            data = json.loads(line)
            questions = tuple(dict.fromkeys(text for text in map(str, data["questions"]) if text.strip()))
            answers = (str(data["answer"]),) if data.get("answer") else ()
            entries.append(Entry(str(data["id"]), questions or answers, answers))
        except (ValueError, KeyError, TypeError) as error:
            wanted = 'a line such as {"id": "…", "questions": ["…"], "answer": "…"}'
            raise ValueError(f"{path}:{number}: saw {line[:80]!r} ({error}); expected {wanted}.") from error
    return tuple(entry for entry in entries if entry.questions)


def shop_entries(shop_dir: Path) -> tuple[Entry, ...]:
    """The published articles of a shop folder."""
    return entries_of(read_folder(shop_dir).articles)


def searcher_for(
    entries: Sequence[Entry],
    labelled: Sequence[Labelled],
    encoder: Encoder,
    cache: VectorCache,
    at: dt.datetime,
    *,
    budget: Budget | None = None,
    progress: Progress | None = None,
    teach: bool = False,
    glossary: Glossary = EMPTY,
) -> Searcher:
    """A searcher over the entries, fitted on them and on the `dev` lines of `labelled` only.

    With `teach` those lines are phrasings of their articles too.
    """
    usable = [question for question in labelled if question.split == "dev" and question.kind != "double"]
    samples: list[Sample] = []
    if teach:
        samples = taught_samples(entries, usable, cache, encoder.vocabulary(), glossary)
        entries = taught(entries, usable)
    index = Index(entries, cache.vectors(texts_of(entries), progress), encoder.dimension)
    common = encoder.vocabulary()
    speller = Speller(word_counts(index), common, glossary)
    learned = fit(
        index,
        version=1,
        at=at,
        encoder=cache,
        speller=speller,
        labelled=usable,
        budget=budget,
        samples=samples,
    )
    tongue = Tongue(Languages(), frozenset({"en"}), common)
    return Searcher(Matcher(Scorer(index, learned.classes), encoder, speller), learned, tongue=tongue)


def ask_all(
    searcher: Searcher,
    questions: Sequence[Labelled],
    progress: Progress | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> list[Answered]:
    """Each question with its reply, in order."""
    answered = []
    for at, question in enumerate(questions, start=1):
        started_s = clock()
        reply = searcher.ask(question.question, Context.of(question.context), RANKED)
        answered.append(Answered(question, reply, (clock() - started_s) * 1e3))
        if progress and at % 20 == 0:
            progress(at, len(questions))
    return answered


def test_lines(labelled: Iterable[Labelled]) -> list[Labelled]:
    """Those that only measure. Raises `ValueError` when there are none."""
    found = [question for question in labelled if question.split == "test"]
    if not found:
        raise ValueError('No question has "split": "test", so there is nothing to measure with.')
    return found


def predictions(answered: Iterable[Answered]) -> str:
    """One JSON line for each question: `q`, `ids` best first, `confidence`."""
    lines = [
        json.dumps(
            {"q": one.question.question, "ids": one.row.ids, "confidence": round(one.reply.confidence, 6)},
            ensure_ascii=False,
        )
        for one in answered
    ]
    return "".join(line + "\n" for line in lines)


def measured(answered: Iterable[Answered]) -> dict[str, float]:
    """The measures over questions that ask one thing."""
    return measure([one.row for one in answered if one.question.kind != "double"])


def by_kind(answered: Sequence[Answered]) -> dict[str, tuple[float, float, int]]:
    """For each kind of answerable question: first right, right among the buttons, how many."""
    kinds = sorted({one.question.kind for one in answered if one.question.labels})
    found = {}
    for kind in kinds:
        ranks = [
            one.row.rank or RANKED for one in answered if one.question.kind == kind and one.question.labels
        ]
        first = sum(rank == 1 for rank in ranks) / len(ranks)
        found[kind] = (first, sum(rank <= CHOICES for rank in ranks) / len(ranks), len(ranks))
    return found


def bands(answered: Sequence[Answered]) -> Bands:
    """What shoppers would see: answered directly, clarified, handed over. Doubles count apart."""
    single = [one for one in answered if one.question.kind != "double"]
    inside = [one for one in single if one.question.labels]
    outside = [one for one in single if not one.question.labels]
    doubles = [one for one in answered if one.question.kind == "double"]
    given = [one for one in single if one.direct]
    return Bands(
        direct=_share(one.direct for one in inside),
        reached=_share(one.reached for one in inside),
        direct_right=_share(one.all_right for one in given),
        handed_over=_share(one.handed_over for one in outside),
        doubles_answered=_share(map(_double_answered, doubles)),
        answerable=len(inside),
        unanswerable=len(outside),
        doubles=len(doubles),
        answers=len(given),
    )


def bm25_ranker(entries: Sequence[Entry]) -> Callable[[Labelled], Row]:
    """Word search alone, to compare with."""
    bm25 = Bm25([bag_of(entry) for entry in entries])

    def rank(question: Labelled) -> Row:
        scores = bm25.scores(terms(clean(question.question)))
        return _row(entries, question, scores)

    return rank


def nearest_ranker(index: Index, encoder: Encoder) -> Callable[[Labelled], Row]:
    """The nearest stored question alone, to compare with: plain MiniLM over FAISS."""

    def rank(question: Labelled) -> Row:
        sims = index.questions @ encoder.encode_question(question.question)
        return _row(index.entries, question, np.maximum.reduceat(sims, index.starts).astype(np.float64))

    return rank


def _row(entries: Sequence[Entry], question: Labelled, scores: Floats) -> Row:
    order = np.argsort(-scores, kind="stable")[:RANKED]
    ids = tuple(entries[int(at)].id for at in order)
    return Row(question.labels, ids, float(scores[int(order[0])]) if len(order) else 0.0)


def _double_answered(one: Answered) -> bool:
    shown = [part.found[0].id for part in one.reply.parts if part.found]
    return bool(shown) and set(one.question.labels) <= set(shown)


def _share(found: Iterable[bool]) -> float:
    values = list(found)
    return sum(values) / len(values) if values else float("nan")


def read_questions(path: Path) -> list[Labelled]:
    """The labelled questions of a file. Raises `FileNotFoundError` when it is missing."""
    if not path.is_file():
        raise FileNotFoundError(f"No questions at {path}. Name a file with --queries.")
    return read_labelled(path)
