"""Text with `{{ ... }}` in it, filled from facts, cart and event: sandboxed, compiled once, without a hole.

Two locks: an allow-list refuses what is not needed before anything runs (`allowed.py`), and what is left runs
in Jinja2's immutable sandbox with nothing in reach but the values given here.
"""

import datetime as dt
import re
from decimal import Decimal
from functools import lru_cache
from typing import Final, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, pass_context
from jinja2.runtime import Context as JinjaContext
from jinja2.sandbox import ImmutableSandboxedEnvironment

from knowledge_base.allowed import Use, uses_of
from knowledge_base.context import Context
from knowledge_base.facts import Facts
from knowledge_base.frontmatter import Source
from knowledge_base.told import cart_told, event_told
from knowledge_base.values import Countries, Money, Percent, Span, Untrusted, Value, country_name, shown

__all__ = ["GAP", "Filled", "MissingError", "Use", "countable", "fill", "is_template", "read"]

# Stands where a figure is past its day, until its sentence is taken out. Of Unicode's private use.
GAP: Final = "\ue000"
_OPENING: Final = re.compile(r"\{\{|\{%|\{#")
# What could still be Markdown in the words that `told.py` lets through.
_MARKUP: Final = re.compile(r"[_&#]|^[-+]|(?:(?<=^\d)|(?<=^\d\d)|(?<=^\d\d\d))[.)]")
_EXPRESSION: Final = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# The usual expression, which takes no compiler: a fact as it is, maybe for one country.
_STATED: Final = re.compile(r'\{\{ fact\("([a-z0-9_.]+)"(?:, "([A-Z]{2})")?\) \}\}')
_SHOWN: Final = (Money, Span, Percent, dt.date, Countries, str, int, Decimal)
_CACHED: Final = 10_000


class MissingError(Exception):
    """A value that a template needs is not there; the text is not to be shown."""


class _Gap:
    """A figure that must not be stated, nor decide what is."""

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        raise TypeError("a figure past its day is not reckoned with")

    def __bool__(self) -> bool:
        raise TypeError("a figure past its day is not reckoned with")


_GAP: Final = _Gap()


class Filled(NamedTuple):
    """A filled text. `gaps`: a figure past its day stands in it as `GAP`."""

    text: str
    gaps: bool


def is_template(text: str) -> bool:
    """Whether a text has anything to fill in."""
    return bool(_OPENING.search(text))


def countable(text: str) -> str:
    """The text with one word in place of each expression, for counting words."""
    return _EXPRESSION.sub("1", text)


def read(text: str, source: Source, first_line: int) -> tuple[Use, ...]:
    """What a text takes from facts, cart and event. Raises `FormatError` where it says what it may not."""
    if not is_template(text):
        return ()
    if GAP in text:
        raise source.error(first_line, "a character of private use", "text")
    if _plain_parts(text) is not None:
        return tuple(
            Use("fact", one[1], first_line + text.count("\n", 0, one.start()), one[2], stated=True)
            for one in _STATED.finditer(text)
        )
    try:
        tree = _environment().parse(text)
    except TemplateSyntaxError as error:
        line = first_line + error.lineno - 1
        raise source.error(
            line, f"a broken template ({error.message})", "{{ ... }} around one value"
        ) from error
    except (TemplateError, RecursionError, ValueError, OverflowError) as error:
        raise source.error(
            first_line, f"a broken template ({type(error).__name__})", "a shorter one"
        ) from error
    return uses_of(tree, source, first_line)


def fill(text: str, context: Context, facts: Facts, locale: str, *, lenient: bool = False) -> Filled:
    """A text that `read` let through, with its values. Raises `MissingError` where one is not known.

    A fact past its day leaves a gap; `lenient`, any fact that is not there does.
    """
    if not is_template(text):
        return Filled(text, gaps=False)
    filler = _Filler(context, facts, lenient=lenient)
    parts = _plain_parts(text)
    if parts is not None:
        written = "".join(
            part if isinstance(part, str) else _said(filler.fact(*part), locale, lenient=lenient)
            for part in parts
        )
        return Filled(written, GAP in written)
    values: dict[str, object] = {"fact": filler.fact, "short_of": filler.short_of, "locale": locale}
    values |= {"cart": cart_told(context.cart), "event": event_told(context, locale)}
    if context.country and (country := country_name(context.country, locale)):
        values["country"] = country
    template = _compiled(text)
    try:
        # As `render` does, without its rewriting of tracebacks: that a value is missing is nothing unusual.
        written = "".join(template.root_render_func(template.new_context(values)))
    except (TemplateError, TypeError, ValueError, ArithmeticError, MissingError) as error:
        if lenient:
            return Filled(_EXPRESSION.sub(GAP, text), gaps=True)
        raise MissingError(str(error)) from error
    return Filled(written, GAP in written)


class _Filler:
    """The functions that a template may call."""

    def __init__(self, context: Context, facts: Facts, *, lenient: bool) -> None:
        self._context, self._facts, self._lenient = context, facts, lenient

    def fact(self, name: str, country: str | None = None) -> Value | _Gap:
        if self._facts.expired(name):
            return _GAP
        value = self._facts.present(name, country or self._context.country)
        if value is None:
            if self._lenient:
                return _GAP
            raise MissingError(name)
        return value

    def short_of(self, wanted: object) -> Money | _Gap:
        """How much more goods it takes to reach an amount; missing where nothing is."""
        if isinstance(wanted, _Gap):
            return _GAP
        goods = self._context.cart.goods if self._context.cart else None
        if not isinstance(wanted, Money) or goods is None or goods.currency != wanted.currency:
            raise MissingError("short_of")
        if goods >= wanted:
            raise MissingError("short_of: nothing is missing")
        return wanted - goods


def _said(value: object, locale: str, *, lenient: bool = False) -> str:
    """A value as the shopper reads it. Raises `MissingError` where it can't be said, if not `lenient`."""
    if isinstance(value, _Gap):
        return GAP
    if isinstance(value, Untrusted):
        return _MARKUP.sub(r"\\\g<0>", value)
    text = None if isinstance(value, bool) or not isinstance(value, _SHOWN) else shown(value, locale)
    if text is None and not lenient:
        raise MissingError(f"no words in {locale} for {type(value).__name__}")
    return GAP if text is None else text


@pass_context
def _written(context: JinjaContext, value: object) -> str:
    """The last step of each expression."""
    return _said(value, context["locale"])


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    made = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined,
        finalize=_written,
        keep_trailing_newline=True,
        autoescape=False,
        cache_size=0,
    )
    made.globals.clear()
    made.filters.clear()
    made.tests.clear()
    return made


@lru_cache(maxsize=_CACHED)
def _compiled(text: str) -> Template:
    return _environment().from_string(text)


@lru_cache(maxsize=_CACHED)
def _plain_parts(text: str) -> tuple[str | tuple[str, str | None], ...] | None:
    """The text cut at its expressions, if each of them states a fact and nothing else; else None."""
    pieces = _STATED.split(text)
    if any(_OPENING.search(piece) for piece in pieces[::3]):
        return None
    facts = [(pieces[at], pieces[at + 1]) for at in range(1, len(pieces), 3)]
    parts: list[str | tuple[str, str | None]] = [pieces[0]]
    for fact, after in zip(facts, pieces[3::3], strict=True):
        parts += [fact, after]
    return tuple(parts)
