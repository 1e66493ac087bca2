"""The article format: Markdown with YAML front matter, read into values or refused with line and reason.

Needs no model; the editor checks drafts with the same code.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass
from typing import Final

import yaml

from knowledge_base.context import AMOUNTS, CONDITIONS, COUNTS, COUPONS, DATA, LASTING, Conditions, Context
from knowledge_base.countries import country_code
from knowledge_base.facts import NAME as FACT_NAME
from knowledge_base.facts import NO_FACTS, Facts
from knowledge_base.frontmatter import FormatError, Problem, Source, Tree, decoded, kind, split
from knowledge_base.locales import LOCALE
from knowledge_base.places import Ask, Fact, ask_for
from knowledge_base.reasons import canonical
from knowledge_base.rendering import RenderedArticle, Text, Variant, answer_alone, best_text
from knowledge_base.template import Use, countable, is_template, read

__all__ = ["Article", "Event", "FormatError", "Problem", "RenderedArticle", "Variant", "parse"]

MAX_BYTES: Final = 256_000
MAX_WORDS: Final = 60
MAX_TITLE: Final = 120
MAX_QUESTION: Final = 300
MAX_QUESTIONS: Final = 200
KEYS: Final = frozenset(
    {"title", "questions", "steps", "events", "tags", "variants", "asks", "status", "owner", "review_by"}
)
AMOUNT: Final = re.compile(r"\d{1,9}(?:\.\d{1,2})?", re.ASCII)
FACTS: Final[tuple[Fact, ...]] = ("country",)
STATUSES: Final = ("published", "archived")
ID: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
EVENT: Final = re.compile(r"[a-z0-9_.-]+")
_LINK: Final = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Event:
    """A checkout event the article answers: any code when `code` is None, only where `when` holds."""

    name: str
    code: str | None = None
    when: Conditions = ()

    def __str__(self) -> str:
        return self.name + (f":{self.code}" if self.code else "")


@dataclass(frozen=True, slots=True)
class Article:
    """One article in one locale. `body` is the Markdown after the short answer, maybe empty.

    Texts are as they are written, with their templates; `uses` is what those of the plain text take, `facts`
    are the shop's. `asks` names what chooses among its variants, where the body alone does not answer well.
    """

    id: str
    locale: str
    title: str
    questions: tuple[str, ...]
    short_answer: str
    body: str
    steps: tuple[str, ...] = ()
    events: tuple[Event, ...] = ()
    tags: tuple[str, ...] = ()
    variants: tuple[Variant, ...] = ()
    asks: Fact | None = None
    status: str = "published"
    owner: str | None = None
    review_by: dt.date | None = None
    file: str = ""
    digest: str = ""
    uses: tuple[Use, ...] = ()
    facts: Facts = NO_FACTS

    @property
    def published(self) -> bool:
        """Whether shoppers may see it."""
        return self.status == "published"

    def rendered(self, context: Context) -> RenderedArticle:
        """The best variant whose conditions all hold and that can be filled; else the plain text."""
        plain_text = Text(self.short_answer, self.body)
        short, body, outdated = best_text(plain_text, self.variants, context, self.facts, self.locale)
        return RenderedArticle(self.id, self.locale, self.title, short, body, self._ask(context), outdated)

    def answers(self) -> tuple[str, ...]:
        """The short answers that facts alone fill and no event or cart chooses: what it is found by."""
        answers = [answer_alone(Text(self.short_answer, self.body), None, self.facts, self.locale)]
        for variant in self.variants:
            if not _lasts(variant.when):
                continue
            places = next((values for name, values in variant.when if name == "country"), (None,))
            answers.append(answer_alone(variant, country_code(places[0]), self.facts, self.locale))
        return tuple(answer for answer in answers if answer)

    def _ask(self, context: Context) -> Ask | None:
        if self.asks is None or getattr(context, self.asks) is not None:
            return None
        lasting = [one.when for one in self.variants if _lasts(one.when)]
        open_still = [when for when in lasting if not context.contradicts(when)]
        return ask_for(self.asks, open_still)


def _lasts(when: Conditions) -> bool:
    """Whether conditions are on nothing that changes from one minute to the next."""
    return all(name in LASTING for name, _ in when)


def parse(data: bytes, *, article_id: str, locale: str, file: str) -> Article:
    """The article in a file's bytes. Raises `FormatError` with line, value and what was expected."""
    source = Source(file)
    _check_name(article_id, locale, source)
    text = decoded(data, source, limit=MAX_BYTES)
    parts = split(text, source)
    tree = Tree.parse(parts.front, source, keys=KEYS, first_line=2)
    plain_text = _answer(parts.body, source, parts.body_line)
    _only_facts(plain_text, source)
    variants = tuple(_variant(node, source, tree) for node in tree.items("variants"))
    return Article(
        id=article_id,
        locale=locale,
        title=_title(tree, source),
        questions=_questions(tree, source),
        short_answer=plain_text.short_answer,
        body=plain_text.body,
        steps=tree.texts("steps", limit=40),
        events=tuple(_event(node, source, tree) for node in tree.items("events")),
        tags=tree.texts("tags", limit=60),
        variants=variants,
        asks=_asks(tree, source, variants),
        status=_status(tree, source),
        owner=tree.text("owner", limit=120) if "owner" in tree else None,
        review_by=_date(tree, source),
        file=file,
        digest=hashlib.sha256(data).hexdigest(),
        uses=plain_text.uses,
    )


def plain(markdown: str) -> str:
    """The words of a short answer without Markdown marks, for encoding and counting."""
    return " ".join(re.sub(r"[*_`#>]+", "", _LINK.sub(r"\1", markdown)).split())


def _check_name(article_id: str, locale: str, source: Source) -> None:
    if not ID.fullmatch(article_id) or len(article_id) > 80:
        raise source.error(
            1, f"the id '{article_id}'", "small letters, digits and single hyphens, at most 80"
        )
    if not LOCALE.fullmatch(locale):
        raise source.error(1, f"the locale '{locale}'", "a folder such as 'en' or 'pt-BR'")


def _answer(markdown: str, source: Source, line: int) -> Text:
    """The first paragraph (the short answer) and the rest, and what their templates use."""
    if not markdown.strip():
        raise source.error(line, "an empty body", "an answer after the front matter")
    skipped = len(markdown) - len(markdown.lstrip("\n \t"))
    line += markdown[:skipped].count("\n")
    first, _, rest = markdown.strip().partition("\n\n")
    if first.startswith("#"):
        raise source.error(line, repr(first.split("\n")[0]), "the short answer as the first paragraph")
    words = len(plain(countable(first)).split())
    if words > MAX_WORDS:
        raise source.error(line, f"a short answer of {words} words", f"at most {MAX_WORDS}")
    uses = read(first, source, line)
    after = first + "\n\n" + rest[: len(rest) - len(rest.lstrip())]
    uses += read(rest.strip(), source, line + after.count("\n"))
    return Text("\n".join(part.strip() for part in first.split("\n")), rest.strip(), uses)


def _only_facts(text: Text, source: Source) -> None:
    """The plain text is what is left when all else is missing, so it may only state facts."""
    for use in text.uses:
        if not use.stated:
            seen = f"'{use.name}' in the text for everybody"
            raise source.error(use.line, seen, 'only {{ fact("...") }} there; put the rest in a variant')


def _title(tree: Tree, source: Source) -> str:
    title = tree.text("title", limit=MAX_TITLE)
    if is_template(title):
        raise source.error(tree.line_of("title"), "a template in the title", "plain words")
    return title


def _questions(tree: Tree, source: Source) -> tuple[str, ...]:
    if "questions" not in tree:
        raise source.error(tree.line_of("questions"), "no 'questions'", "a list with at least one question")
    questions = tree.texts("questions", limit=MAX_QUESTION)
    if not 1 <= len(questions) <= MAX_QUESTIONS:
        seen = f"{len(questions)} questions"
        raise source.error(tree.line_of("questions"), seen, f"a list of 1 to {MAX_QUESTIONS}")
    if any(is_template(question) for question in questions):
        raise source.error(tree.line_of("questions"), "a template in a question", "plain words")
    return tuple(dict.fromkeys(questions))


def _status(tree: Tree, source: Source) -> str:
    status = tree.text("status", limit=40) if "status" in tree else "published"
    if status not in STATUSES:
        raise source.error(tree.line_of("status"), f"the status '{status}'", "one of " + ", ".join(STATUSES))
    return status


def _asks(tree: Tree, source: Source, variants: tuple[Variant, ...]) -> Fact | None:
    if "asks" not in tree:
        return None
    asked = tree.text("asks", limit=40)
    fact = next((fact for fact in FACTS if fact == asked), None)
    if fact is None:
        raise source.error(tree.line_of("asks"), f"the fact '{asked}'", "one of " + ", ".join(FACTS))
    if not any(name == fact for variant in variants for name, _ in variant.when):
        raise source.error(
            tree.line_of("asks"),
            f"'asks: {fact}' without such variants",
            f"a variant with 'when: {{{fact}: ...}}'",
        )
    return fact


def _date(tree: Tree, source: Source) -> dt.date | None:
    if "review_by" not in tree:
        return None
    text = tree.text("review_by", limit=40)
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        line = tree.line_of("review_by")
        raise source.error(line, f"the date '{text}'", "a date such as 2027-03-31") from error


def _event(node: yaml.Node, source: Source, tree: Tree) -> Event:
    """`payment.failed`, `payment.failed:insufficient_funds`, or a mapping with `event`, `code`, `when`."""
    line = tree.line_of_node(node)
    if isinstance(node, yaml.ScalarNode):
        name, _, code = str(node.value).partition(":")
        when: Conditions = ()
    elif isinstance(node, yaml.MappingNode):
        keys = frozenset({"event", "code", "when"})
        inner = Tree(node, source, keys=keys, first_line=2)
        name = inner.text("event", limit=80)
        code = inner.text("code", limit=80) if "code" in inner else ""
        when = _when(inner, source)
    else:
        raise source.error(line, kind(node), "an event such as 'payment.failed:insufficient_funds'")
    for part in (name, code):
        if (part or part is name) and not EVENT.fullmatch(part if part is name else part.lower()):
            seen = f"the event '{part}'"
            raise source.error(line, seen, "small letters, digits and '._-', as in 'payment.failed'")
    return Event(name, canonical(name, code) if code else None, when)


def _variant(node: yaml.Node, source: Source, tree: Tree) -> Variant:
    inner = Tree(node, source, keys=frozenset({"when", "body"}), first_line=2)
    if "when" not in inner:
        raise source.error(tree.line_of_node(node), "a variant without 'when'", "conditions under 'when'")
    body, node = inner.markdown("body"), inner.node("body")
    # The text of a block (`|`, `>`) begins on the line after its mark.
    below = isinstance(node, yaml.ScalarNode) and node.style in {"|", ">"}
    text = _answer(body, source, inner.line_of("body") + below)
    return Variant(_when(inner, source), text.short_answer, text.body, text.uses)


def _when(tree: Tree, source: Source) -> Conditions:
    conditions = tree.conditions("when", deeper="data")
    for name, values in conditions:
        line = tree.line_of_entry("when", name)
        if name == "data":
            raise source.error(line, f"'data: {', '.join(values)}'", "its fields, as in data: {left: 0}")
        if name not in CONDITIONS and not name.startswith(DATA):
            known = "one of " + ", ".join(sorted({*CONDITIONS, "data"}))
            raise source.error(line, f"the unknown condition '{name}'", known)
        if wanted := _unfit(name, values):
            raise source.error(line, f"'{name}: {', '.join(values)}'", wanted)
    if "when" in tree and not conditions:
        raise source.error(tree.line_of("when"), "an empty 'when'", "at least one condition")
    return _in_our_spelling(conditions)


def _in_our_spelling(conditions: Conditions) -> Conditions:
    """The conditions with the codes of the event they name as a context has them."""
    events = dict(conditions).get("event", ())
    if len(events) != 1:
        return conditions
    return tuple(
        (name, tuple(canonical(events[0], value) or value for value in values) if name == "code" else values)
        for name, values in conditions
    )


def _unfit(name: str, values: tuple[str, ...]) -> str | None:
    """What a condition on the cart should hold instead; None where it is fine."""
    one = values[0] if len(values) == 1 else ""
    if name in AMOUNTS and not (AMOUNT.fullmatch(one) or FACT_NAME.fullmatch(one)):
        return "a number or the name of a fact of type money"
    if name in COUNTS and not (one.isascii() and one.isdecimal()):
        return "a whole number"
    if name == "coupon" and not set(values) <= set(COUPONS):
        return "one of " + ", ".join(COUPONS)
    return None
