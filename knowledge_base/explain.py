"""Why a message got its articles and its band: worked out on demand, never while answering."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from functools import cached_property
from typing import Final

import numpy as np

from knowledge_base import questions
from knowledge_base.confidence import Band
from knowledge_base.context import Context
from knowledge_base.curve import Signs
from knowledge_base.explanation import LABELS, Candidate, Explanation, Sign, Unanswerable, Word, short
from knowledge_base.lexical import STOP_WORDS, stem, terms, words
from knowledge_base.search import VERY_NEAR, Reply, Searcher, Weighed
from knowledge_base.signs import SignReader

# So many of the articles' own questions say what is usual: a median needs no more, and others wait meanwhile.
SAMPLED: Final = 60
LEAST_MOVED: Final = 0.005
# A lead as small as this is told as a draw.
DRAW: Final = 0.04
BANDS: Final[Mapping[Band, str]] = {
    "answer": "answered directly",
    "clarify": "asked back",
    "hand_over": "handed over",
}


class Explainer:
    """Explains the replies of one searcher. What is usual is found out once, at the first explanation."""

    def __init__(self, searcher: Searcher) -> None:
        self.searcher = searcher

    def explain(
        self, reply: Reply, context: Context, title: Callable[[str], str], limit: int = 3
    ) -> Explanation:
        """Why `reply`, which asks one thing, is what it is. `title` gives an article's by its id."""
        calibration = self.searcher.fit.calibration
        bars = (calibration.answer_at, calibration.clarify_at)
        if not reply.found:
            why = ("There are no articles to compare it with.",)
            if not any(map(str.isalpha, reply.question)):
                why = ("It holds no words that an article could answer.",)
            return Explanation(
                reply.question, reply.question, reply.band, reply.confidence, 0.0, *bars, reasons=why
            )
        weighed = self.searcher.weigh(reply.question, context, limit)
        candidates = tuple(
            self._candidate(place, weighed, reply, context, title)
            for place in range(min(limit, len(weighed.signs), len(reply.found)))
        )
        return Explanation(
            question=reply.question,
            read=weighed.matched.words,
            band=reply.band,
            confidence=reply.confidence,
            reach=calibration.reached(weighed.signs[0]),
            answer_at=self._bar(weighed),
            clarify_at=calibration.clarify_at,
            words=self._words(reply.question, weighed),
            candidates=candidates,
            reasons=tuple(self._reasons(reply, weighed, candidates)),
            unanswered=self._unanswered(weighed),
        )

    def _bar(self, weighed: Weighed) -> float:
        """From where on the best article is answered directly: its topic's threshold, or everybody's."""
        calibration = self.searcher.fit.calibration
        topic = self.searcher.index.entries[int(weighed.order[0])].topic
        return calibration.topics.get(topic, calibration.answer_at)

    def _unanswered(self, weighed: Weighed) -> Unanswerable | None:
        vector = self.searcher.matcher.vector(weighed.matched.words)
        found = self.searcher.fit.unanswered.nearest(vector)
        return Unanswerable(*found) if found else None

    @cached_property
    def usual(self) -> Signs:
        """The median of each sign over the articles' own questions, each asked of a base without it."""
        index, scorer = self.searcher.index, self.searcher.matcher.scorer
        reader = SignReader(scorer, self.searcher.fit.unanswered, self.searcher.matcher.speller.glossary)
        rows = np.unique(np.linspace(0, len(index.owners) - 1, SAMPLED).astype(int))
        found = []
        for row in map(int, rows):
            owner = int(index.owners[row])
            if index.counts[owner] < 2:
                continue
            text = index.entries[owner].questions[row - int(index.starts[owner])]
            scores = scorer.score(index.questions[row], text, Context(), without=row)
            order = scores.order(2)
            if int(order[0]) == owner:
                found.append(reader.read(index.questions[row], text, scores, order, without=row)[0])
        names = [field.name for field in fields(Signs)]
        if not found:
            return Signs(**dict.fromkeys(names, 0.0))
        return Signs(**{name: float(np.median([getattr(one, name) for one in found])) for name in names})

    def _candidate(
        self, place: int, weighed: Weighed, reply: Reply, context: Context, title: Callable[[str], str]
    ) -> Candidate:
        row, found = int(weighed.order[place]), reply.found[place]
        index = self.searcher.index
        start = int(index.starts[row])
        vector = self.searcher.matcher.vector(weighed.matched.words)
        near = index.questions[start : start + int(index.counts[row])] @ vector
        nearest = int(np.argmax(near))
        return Candidate(
            id=found.id,
            title=title(found.id),
            confidence=found.confidence,
            phrasing=index.entries[row].questions[nearest],
            cosine=float(near[nearest]),
            views=self._views(row, reply.question, weighed, context),
            signs=self._signs(weighed.signs[place], best=place == 0),
        )

    def _views(self, row: int, text: str, weighed: Weighed, context: Context) -> dict[str, float]:
        searcher, scores = self.searcher, weighed.matched.scores
        vector = searcher.matcher.vector(weighed.matched.words)
        index = searcher.index
        answers = index.answers[index.answer_owners == row] @ vector
        plain = searcher.matcher.match(text, replace(context, step=None, event=None, code=None)).scores
        return {
            "nearest": float(scores.nearest[row]),
            "centre": float(index.sums[row] @ vector / (np.linalg.norm(index.sums[row]) + 1e-9)),
            "answer": float(answers.max()) if len(answers) else 0.0,
            "class": float(scores.chance[row]),
            "words": float(scores.lexical[row]),
            "context": float(scores.total[row] - plain.total[row]),
        }

    def _sure(self, signs: Signs) -> float:
        return self.searcher.fit.calibration.sure(signs, alone=self._alone)

    @property
    def _alone(self) -> bool:
        return len(self.searcher.index.entries) == 1

    def _signs(self, signs: Signs, *, best: bool) -> tuple[Sign, ...]:
        """The signs, those that moved the confidence furthest first."""
        chance = self._sure if best else self.searcher.fit.calibration.right
        here, found = chance(signs), []
        for field in fields(Signs):
            value, usual = getattr(signs, field.name), getattr(self.usual, field.name)
            if not self._alone or field.name != "gap":
                moved = here - chance(replace(signs, **{field.name: usual}))
                found.append(Sign(field.name, value, usual, moved))
        return tuple(sorted(found, key=lambda sign: -abs(sign.moved)))

    def _words(self, question: str, weighed: Weighed) -> tuple[Word, ...]:
        speller, bags = self.searcher.matcher.speller, self.searcher.matcher.scorer.bags
        best = bags[int(weighed.order[0])]
        found = {}
        for typed in words(question):
            read = speller.repaired(typed)
            stems = [stem(word) for word in words(read) if word not in STOP_WORDS]
            if stems:
                held = all(best.get(one) for one in stems)
                known = held or all(any(bag.get(one) for bag in bags) for one in stems)
                found[typed] = Word(typed, read, held, known)
        return tuple(found.values())

    def _reasons(self, reply: Reply, weighed: Weighed, candidates: tuple[Candidate, ...]) -> list[str]:
        calibration = self.searcher.fit.calibration
        bar, sure = self._bar(weighed), reply.confidence
        if reply.language:
            return [f"It is written in “{reply.language}”, and no article is."]
        if reply.band == "answer":
            return [f"It answers directly from {short(bar)} on; this is {short(sure)}."]
        reasons = self._held_back(weighed, candidates, reply)
        if sure < bar:
            # Just under the bar both would read the same.
            digits = 2 if short(sure) != short(bar) else 4
            reasons.append(
                f"It answers directly from {short(bar, digits)} on; this is {short(sure, digits)}."
            )
        if reply.band == "hand_over":
            reach = calibration.reached(weighed.signs[0])
            reasons.append(
                f"It asks back where the right article is among four buttons with a chance of "
                f"{short(calibration.clarify_at)} or more; this is {short(reach)}."
            )
        tied = self._tied(reply, weighed)
        return reasons if tied else [*reasons, *self._missing(weighed.signs[0], candidates[0])]

    def _held_back(self, weighed: Weighed, candidates: tuple[Candidate, ...], reply: Reply) -> list[str]:
        """Why a message that looks sure was not answered all the same."""
        found = []
        if self._tied(reply, weighed):
            one, other = candidates[:2]
            ahead = replace(weighed.signs[0], gap=self.usual.gap)
            would = self._sure(ahead)
            found.append(
                f"“{one.title}” and “{other.title}” match about equally well; one as far ahead as "
                f"usual would make it {short(would)}."
            )
        if questions.instructs(reply.question):
            found.append("It gives orders as to a program, so it is never answered directly.")
        top = int(weighed.order[0])
        bag = self.searcher.matcher.scorer.bags[top]
        companies = self.searcher.matcher.speller.glossary.companies(weighed.matched.words)
        others = [name for name in companies if set(terms(name)) - bag.keys()]
        if others:
            found.append(f"It names another company: {', '.join(others)}.")
        known = self._unanswered(weighed)
        if known and known.cosine > float(weighed.matched.scores.nearest.max()):
            found.append(
                f"No article asks anything as near as “{known.question}” ({short(known.cosine)}), which is "
                "known to have no answer."
            )
        if not self.searcher.learned(top) and float(weighed.matched.scores.nearest[top]) < VERY_NEAR:
            found.append(
                f"The phrasings of “{candidates[0].title}” changed a moment ago; until that is learned it "
                f"answers directly from a cosine of {short(VERY_NEAR)} on."
            )
        return found

    @staticmethod
    def _tied(reply: Reply, weighed: Weighed) -> bool:
        return reply.near and len(weighed.signs) > 1 and weighed.signs[0].gap < DRAW

    def _missing(self, signs: Signs, best: Candidate) -> list[str]:
        """The sign that is missing most, and what the band would be with it as usual."""
        calibration = self.searcher.fit.calibration
        least = min(best.signs, key=lambda sign: sign.moved, default=None)
        if least is None or least.moved > -LEAST_MOVED:
            return []
        instead = replace(signs, **{least.name: least.usual})
        would = self._sure(instead)
        topic = self.searcher.index.entries[self.searcher.index.rows[best.id]].topic
        band = calibration.band(would, calibration.reached(instead), topic)
        label = LABELS.get(least.name, least.name)
        missing = f"Missing most is {label}: {short(least.value)}, usually {short(least.usual)}."
        return [f"{missing} With that it would be {short(would)} and {BANDS[band]}."]
