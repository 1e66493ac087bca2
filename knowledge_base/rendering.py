"""An article as one shopper reads it: which of its texts, filled, without sentences that can't be said."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from knowledge_base.context import Conditions, Context
from knowledge_base.facts import Facts
from knowledge_base.places import Ask
from knowledge_base.template import GAP, Filled, MissingError, Use, fill

__all__ = ["RenderedArticle", "Text", "Variant", "answer_alone", "best_text", "sentences", "without_gaps"]

# Said where the short answer needs a figure that is past its day, instead of the figure.
NO_FIGURE: Final = {
    "en": "I don't have the present figure for this.",
    "de": "Die aktuelle Zahl dazu habe ich nicht.",
    "fr": "Je n'ai pas le chiffre actuel.",
    "es": "No tengo la cifra actual.",
    "ar": "ليس لديّ الرقم الحالي.",
}
_ITEM: Final = re.compile(r"\s*(?:[-*+]|\d+[.)]|\|)\s")
_SENTENCE_END: Final = re.compile(r"[.!?…؟。][\"'”’»)]*\s+")
# `a.m.`, `D.C.`, `e.g.`: a single letter before the stop ends no sentence.
_INITIAL: Final = re.compile(r"(?:^|[\s(.])\w\.$")
# A sentence that leans on the one before it makes no sense without it.
_LEANS: Final = re.compile(
    r"(?:It|Its|That|This|They|Their|These|Those|Then|So|Otherwise|Later|Below|Above|After|Both|Until|Else|And|But)\b"
)


@dataclass(frozen=True, slots=True)
class Text:
    """A short answer and the Markdown after it, maybe empty; `uses` is what their templates take."""

    short_answer: str
    body: str
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """Another text, for the contexts that meet `when`."""

    when: Conditions
    short_answer: str
    body: str
    uses: tuple[Use, ...] = ()


@dataclass(frozen=True, slots=True)
class RenderedArticle:
    """An article as one shopper sees it. `body` is the Markdown after the short answer, maybe empty.

    `ask` is a fact to ask for first, because the answer depends on it and it is not known. `outdated`: the
    short answer lacks a figure that is past its day, so a person should be offered.
    """

    id: str
    locale: str
    title: str
    short_answer: str
    body: str
    ask: Ask | None = None
    outdated: bool = False


def best_text(
    plain: Text, variants: Sequence[Variant], context: Context, facts: Facts, locale: str
) -> tuple[str, str, bool]:
    """Short answer, body, and whether the short answer lacks a figure that is past its day.

    The variant with most conditions first; one that can't be filled is skipped, at last for the plain text.
    """
    fitting = [variant for variant in variants if context.meets(variant.when, facts)]
    lacking: tuple[Filled, Filled] | None = None
    for variant in sorted(fitting, key=lambda one: len(one.when), reverse=True):
        try:
            found = _filled(variant, context, facts, locale)
        except MissingError:
            continue
        if not found[0].gaps:
            return _shown(*found, locale)
        lacking = lacking or found
    short, body = _filled(plain, context, facts, locale, lenient=True)
    if short.gaps and lacking:
        short, body = lacking
    return _shown(short, body, locale)


def answer_alone(text: Text | Variant, country: str | None, facts: Facts, locale: str) -> str | None:
    """A short answer filled by facts alone, past their day or not; None where it takes more than facts."""
    try:
        filled = fill(text.short_answer, Context(country=country), facts.ageless(), locale)
    except MissingError:
        return None
    return filled.text


def without_gaps(markdown: str) -> str:
    """Markdown without the sentences, list items and table rows in which a gap stands."""
    blocks: list[str] = []
    for block in markdown.split("\n\n"):
        kept = _block(block) if GAP in block else block
        if kept:
            blocks.append(kept)
        elif blocks and blocks[-1].rstrip().endswith(":"):
            blocks.pop()  # what led over to it
    return "\n\n".join(blocks)


def _filled(
    text: Text | Variant, context: Context, facts: Facts, locale: str, *, lenient: bool = False
) -> tuple[Filled, Filled]:
    short = fill(text.short_answer, context, facts, locale, lenient=lenient)
    return short, fill(text.body, context, facts, locale, lenient=lenient)


def _shown(short: Filled, body: Filled, locale: str) -> tuple[str, str, bool]:
    rest = without_gaps(body.text) if body.gaps else body.text
    if not short.gaps:
        return short.text, rest, False
    said = NO_FIGURE.get(locale.split("-")[0], NO_FIGURE["en"])
    return f"{without_gaps(short.text)} {said}".strip(), rest, True


def _block(block: str) -> str:
    lines = block.split("\n")
    if any(_ITEM.match(line) for line in lines):
        return "\n".join(line for line in lines if GAP not in line)
    return " ".join(_sentences_without_gaps(block))


def _sentences_without_gaps(paragraph: str) -> Iterator[str]:
    dropped = False
    for sentence in sentences(paragraph):
        dropped = GAP in sentence or (dropped and bool(_LEANS.match(sentence)))
        if not dropped:
            yield sentence


def sentences(paragraph: str) -> Iterator[str]:
    """The sentences of a paragraph; `a.m.` ends none."""
    start = 0
    for end in _SENTENCE_END.finditer(paragraph):
        if not _INITIAL.search(paragraph[start : end.start() + 1]):
            yield paragraph[start : end.end()].rstrip()
            start = end.end()
    if start < len(paragraph):
        yield paragraph[start:]
