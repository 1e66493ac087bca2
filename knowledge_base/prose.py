"""Figures that stand in prose, and whether one contradicts a fact on the same subject."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from knowledge_base.facts import Fact, Facts
from knowledge_base.rendering import sentences
from knowledge_base.values import Money, Percent, Span, Value

__all__ = ["Contradiction", "Figure", "contradictions", "figures"]

_NUMBER: Final = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
_ONES: Final = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
_WORDS: Final = {word: number for number, word in enumerate(_ONES.split(), start=1)} | {
    "twenty": 20,
    "thirty": 30,
}
_CURRENCIES: Final = {"€": "EUR", "£": "GBP", "$": "USD"}
_MONEY: Final = re.compile(rf"([€£$])\s?({_NUMBER})|\b({_NUMBER})\s?(EUR|GBP|USD|euros?|pounds|dollars)\b")
_NAMED: Final = {"euro": "EUR", "euros": "EUR", "pounds": "GBP", "dollars": "USD"}
_PERCENT: Final = re.compile(rf"\b({_NUMBER})\s?(?:%|percent\b|per cent\b)")
_COUNT: Final = rf"(?:{'|'.join(_WORDS)}|\d{{1,4}})"
_KINDS: Final = "working|business|calendar|opening|more"
_SPAN: Final = re.compile(
    rf"\b({_COUNT})(?:(?: to | or |[-–])({_COUNT}))?[ -](?:(?:{_KINDS}) )*(day|week)s?\b", re.IGNORECASE
)
_EXPRESSION: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_COUNTED_FROM: Final = re.compile(r"^ (?:of|from|after|since) (?:the |your |our |my )?\w+")
_CLAUSE: Final = re.compile(r"[;:]")
_FEE: Final = re.compile(r"(?:^|[._])(?:fee|cost|price|handling)(?:$|[._])")
_BOUND: Final = re.compile(r"\b(?:above|over|below|under|from|than|up to)\s*$")
_NEAR: Final = 14
# Words in the names of facts that say what kind of figure it is, or where, but not what it is about.
_KIND_WORDS: Final = (
    "after all and any bulky cost costs count day days default fee fees first for from last late least limit "
    "lower max min minimum most next number other out per percent price rate second share span start the "
    "time until upper usual value with within working zone"
)
_GENERAL: Final = frozenset(_KIND_WORDS.split())


@dataclass(frozen=True, slots=True)
class Figure:
    """A money, days or percent figure as it stands in a text."""

    text: str
    value: Money | Span | Percent


@dataclass(frozen=True, slots=True)
class Contradiction:
    """A figure in a sentence that has all the words of a fact's name and another value."""

    figure: str
    sentence: str
    fact: Fact


def figures(text: str) -> Iterator[Figure]:
    """The figures of a text outside its templates."""
    bare = _EXPRESSION.sub(" \0 ", text)
    for found in _MONEY.finditer(bare):
        symbol, amount, other, name = found.groups()
        currency = _CURRENCIES[symbol] if symbol else _NAMED.get(name, name)
        yield Figure(found.group(), Money(_number(amount or other), currency))
    for found in _PERCENT.finditer(bare):
        yield Figure(found.group(), Percent(_number(found[1])))
    for found in _SPAN.finditer(bare):
        unit = 7 if found[3].lower() == "week" else 1
        least, most = _count(found[1]) * unit, _count(found[2] or found[1]) * unit
        yield Figure(found.group(), Span(least, most))


def contradictions(markdown: str, facts: Facts, title: str = "") -> Iterator[Contradiction]:
    """The figures of a text that say another value than a fact they stand near to.

    A figure is about a fact when every telling word of the fact's name (`returns.days`: return) stands
    within a few words of it in its sentence, or in the article's title. One that is right by any such fact
    contradicts none; nor does "30 days of delivery" a fact on delivery, or "above €600" one on a fee.
    """
    named = _stems(title, last=False)
    subjects = {name: subject for name in facts.known if (subject := _subject(name))}
    for block in markdown.split("\n"):
        for sentence in sentences(block):
            for figure in figures(sentence):
                before, after = _near(sentence, figure)
                stems = before | after | named
                about = [
                    facts.known[name]
                    for name, subject in subjects.items()
                    if subject <= stems and not _bounds(name, sentence, figure)
                ]
                against = [fact for fact in about if _comparable(fact, figure.value)]
                if against and not any(_has(fact, figure.value) for fact in against):
                    yield Contradiction(figure.text, sentence, against[0])


def _near(sentence: str, figure: Figure) -> tuple[set[str], set[str]]:
    """The stems of the words just before and after a figure; not of what it is counted from."""
    head, _, tail = sentence.partition(figure.text)
    tail = _COUNTED_FROM.sub("", tail)
    before, after = _CLAUSE.split(head)[-1], _CLAUSE.split(tail)[0]
    return _stems(before, last=True), _stems(after, last=False)


def _stems(text: str, *, last: bool) -> set[str]:
    words = re.findall(r"[a-z]+", _EXPRESSION.sub(" ", text).lower())
    near = words[-_NEAR:] if last else words[:_NEAR]
    return {word[: _stem(word)] for word in near}


def _bounds(name: str, sentence: str, figure: Figure) -> bool:
    """Whether a figure is a bound ("above €600") and the fact a fee."""
    return bool(_FEE.search(name) and _BOUND.search(sentence.partition(figure.text)[0]))


def _subject(name: str) -> frozenset[str]:
    words = [word for part in name.split(".") for word in part.split("_")]
    telling = [word for word in words if word not in _GENERAL and word.isalpha() and len(word) > 2]
    return frozenset(word[: _stem(word)] for word in telling)


def _stem(word: str) -> int:
    """How many letters of a word its forms share: return, returns, returned, returning."""
    for ending in ("ing", "ies", "ed", "es", "s", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return len(word) - len(ending)
    return len(word)


def _comparable(fact: Fact, value: Value) -> bool:
    same = [one for one in fact.values() if type(one) is type(value)]
    if isinstance(value, Money):
        return any(isinstance(one, Money) and one.currency == value.currency for one in same)
    return bool(same)


def _has(fact: Fact, value: Value) -> bool:
    if isinstance(value, Span):
        ends = {end for one in fact.values() if isinstance(one, Span) for end in (one.least, one.most)}
        return {value.least, value.most} <= ends
    return value in list(fact.values())


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def _count(text: str) -> int:
    return _WORDS.get(text.lower()) or int(text)
