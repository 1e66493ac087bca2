"""What is wrong between an article and the facts and events it speaks of; each alone may be well formed."""

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from knowledge_base.allowed import DATA, Use
from knowledge_base.article import Article
from knowledge_base.context import AMOUNTS
from knowledge_base.context import DATA as DATA_CONDITION
from knowledge_base.countries import EU, country_code
from knowledge_base.events import EVENTS
from knowledge_base.facts import FILE, Fact, Facts
from knowledge_base.folder import Folder
from knowledge_base.frontmatter import Problem
from knowledge_base.prose import contradictions
from knowledge_base.reasons import REASONS
from knowledge_base.rendering import Text, Variant

ALIKE = 0.8
# What only the shop's signed word could say; an event is what an untrusted page says.
_CLAIM = re.compile(
    r"\b(?:nothing|no money|not|never|wasn't|isn't|hasn't)\b[^.;:]{0,25}"
    r"\b(?:charged|debited|billed|taken|booked)\b",
    re.IGNORECASE,
)


def cross_problems(folder: Folder) -> tuple[Problem, ...]:
    """Unknown, mistyped and unused facts, figures that contradict one, unknown events and data."""
    texts = dict(folder.texts)
    found: list[Problem] = []
    used: set[str] = set()
    for article in folder.articles:
        lines = texts.get(article.file, b"").decode("utf-8-sig", errors="replace").splitlines()
        checker = _Checker(article, folder.facts, lines)
        found += checker.problems()
        used |= checker.used
    found += _unused(folder.facts, used)
    return tuple(sorted(set(found), key=lambda problem: (problem.file, problem.line, problem.value)))


class _Checker:
    """One article against the facts and the vocabulary of events."""

    def __init__(self, article: Article, facts: Facts, lines: list[str]) -> None:
        self.used: set[str] = set()
        self._article, self._facts, self._lines = article, facts, lines

    def problems(self) -> list[Problem]:
        article = self._article
        plain = Text(article.short_answer, article.body, article.uses)
        found = list(self._facts_of(plain, (None,)))
        found += self._prose(plain)
        for event in article.events:
            found += self._event(event.name, event.code)
            found += self._conditions(event.when, {event.name})
        everywhere = {event.name for event in article.events}
        found += self._claims(plain, everywhere)
        for variant in article.variants:
            when = dict(variant.when)
            events = set(when.get("event", ())) or everywhere
            found += self._facts_of(variant, when.get("country", (None,)))
            found += self._prose(variant)
            found += self._conditions(variant.when, events)
            found += self._data_of(variant, events)
            found += self._claims(variant, events)
        return found

    def _claims(self, text: Text | Variant, events: set[str]) -> Iterator[Problem]:
        """Words that money was not taken, where a failed payment is answered."""
        if any(event.startswith("payment.") for event in events):
            for found in _CLAIM.finditer(f"{text.short_answer}\n{text.body}"):
                expected = "'this order was not placed': the page can't know what the bank did"
                yield self._problem(self._line_with(found.group()), f"'{found.group()}'", expected)

    def _facts_of(self, text: Text | Variant, countries: Iterable[str | None]) -> Iterator[Problem]:
        for use in text.uses:
            if use.what != "fact":
                continue
            self.used.add(use.name)
            fact = self._facts.known.get(use.name)
            if fact is None:
                yield self._unknown(use.name, use.line)
            else:
                yield from self._value_of(fact, use, countries)

    def _value_of(self, fact: Fact, use: Use, countries: Iterable[str | None]) -> Iterator[Problem]:
        if use.wanted and fact.kind != use.wanted:
            seen = f"the fact '{fact.name}' of type {fact.kind}"
            yield self._problem(use.line, seen, f"one of type {use.wanted}")
        places = (use.country,) if use.country else tuple(countries)
        # Of the EU as a whole little is told by country, but each of its countries has to be.
        each = [one for place in places for one in (sorted(EU) if place == "EU" else (country_code(place),))]
        lacking = [place for place in each if fact.in_country(place) is None]
        if lacking:
            where = ", ".join(place or "everybody" for place in lacking)
            expected = 'a value there, a \'default\', or a country: fact("name", "AT")'
            yield self._problem(use.line, f"the fact '{fact.name}' without a value for {where}", expected)

    def _conditions(self, when: Iterable[tuple[str, tuple[str, ...]]], events: set[str]) -> Iterator[Problem]:
        for name, values in when:
            if name == "event":
                for value in values:
                    yield from self._event(value, None)
            elif name == "code":
                for event in sorted(events):
                    for value in values:
                        yield from self._event(event, value)
            elif name in AMOUNTS and not values[0][0].isdigit():
                line, fact = self._line(values[0]), self._facts.known.get(values[0])
                self.used.add(values[0])
                if fact is None:
                    yield self._unknown(values[0], line)
                elif fact.kind != "money":
                    seen = f"the fact '{fact.name}' of type {fact.kind} under '{name}'"
                    yield self._problem(line, seen, "one of type money")
            elif name.startswith(DATA_CONDITION):
                field = name.removeprefix(DATA_CONDITION)
                yield from self._field(field, events, self._line(field))

    def _data_of(self, variant: Variant, events: set[str]) -> Iterator[Problem]:
        for use in variant.uses:
            if use.name.startswith(DATA):
                yield from self._field(use.name.removeprefix(DATA), events, use.line)

    def _field(self, field: str, events: set[str], line: int) -> Iterator[Problem]:
        """A field that none of the events has; a shop's own events may have any."""
        if not events:
            seen = f"the event's '{field}' where no event is named"
            yield self._problem(line, seen, "'event' among the conditions, or 'events' in the article")
        elif events <= set(EVENTS) and not any(field in EVENTS[event].fields for event in events):
            known = sorted({name for event in events for name in EVENTS[event].fields})
            seen = f"the field '{field}' of {', '.join(sorted(events))}"
            yield self._problem(line, seen, f"one of {', '.join(known)}" if known else "no data")

    def _event(self, name: str, code: str | None) -> Iterator[Problem]:
        """A name or code that is nearly one of the vocabulary; others are the shop's own."""
        if name not in EVENTS:
            if near := difflib.get_close_matches(name, EVENTS, n=1, cutoff=ALIKE):
                yield self._problem(self._line(name), f"the unknown event '{name}'", f"'{near[0]}'")
            return
        codes = REASONS.get(name, {})
        near = difflib.get_close_matches(code or "", codes, n=1, cutoff=ALIKE) if code not in codes else []
        if near:
            seen = f"the unknown code '{code}' of {name}"
            yield self._problem(self._line(f"{name}:{code}"), seen, f"'{near[0]}'")

    def _prose(self, text: Text | Variant) -> Iterator[Problem]:
        if self._article.locale.split("-")[0] != "en":
            return  # the names of facts are English
        prose = f"{text.short_answer}\n{text.body}"
        for one in contradictions(prose, self._facts, self._article.title):
            expected = f'what the fact says: {{{{ fact("{one.fact.name}") }}}} (facts.yml:{one.fact.line})'
            yield self._problem(self._line_with(one.sentence[:60]), f"'{one.figure}'", expected)

    def _unknown(self, name: str, line: int) -> Problem:
        near = difflib.get_close_matches(name, self._facts.known, n=1, cutoff=0.6)
        return self._problem(
            line, f"the unknown fact '{name}'", f"'{near[0]}'" if near else f"a fact of {FILE}"
        )

    def _line(self, words: str) -> int:
        whole = re.compile(rf"(?<![\w.]){re.escape(words)}(?![\w.])")
        return next((number for number, line in enumerate(self._lines, start=1) if whole.search(line)), 1)

    def _line_with(self, start: str) -> int:
        return next((number for number, line in enumerate(self._lines, start=1) if start in line), 1)

    def _problem(self, line: int, seen: str, expected: str) -> Problem:
        return Problem(self._article.file, line, seen, expected)


def _unused(facts: Facts, used: set[str]) -> Iterator[Problem]:
    told_by = set(facts.places)
    for name, fact in facts.known.items():
        if name not in used and name not in told_by:
            yield Problem(
                FILE, fact.line, f"the fact '{name}', which nothing uses", "an article that states it"
            )


def past_their_day(facts: Facts) -> Mapping[str, Fact]:
    """The facts that are not stated any more."""
    return {name: facts.known[name] for name in facts.past_their_day()}
