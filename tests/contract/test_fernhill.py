"""The demo shop's articles say what its policy sheet says, in words a worried shopper can use."""

import datetime as dt
import difflib
import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from knowledge_base.article import Article, plain
from knowledge_base.checking import cross_problems
from knowledge_base.context import EU, Context, country_code
from knowledge_base.events import EVENTS
from knowledge_base.folder import Folder, read_folder
from knowledge_base.prose import figures as bare_figures
from knowledge_base.template import MissingError, fill

ROOT: Final = Path(__file__).parents[2]
SHOP: Final = ROOT / "knowledge_base"

FORBIDDEN: Final = ("unfortunately", "please note", "oops", "invalid", "!", "nothing was charged")
OPEN: Final = "…"
TOO_ALIKE: Final = 0.85

NUMBER: Final = r"\d+(?:,\d{3})*(?:\.\d+)?"
MONTH: Final = "January|February|March|April|May|June|July|August|September|October|November|December"
MONEY: Final = re.compile(rf"[€£$]{NUMBER}")
PERCENT: Final = re.compile(rf"{NUMBER}%")
CLOCK: Final = re.compile(r"\b\d{1,2}:\d{2}(?: [ap]\.m\.)?")
DATE: Final = re.compile(rf"\b\d{{1,2}} (?:{MONTH})\b(?: \d{{4}})?")
ADDRESS: Final = re.compile(r"[\w.]+@[\w.]+\w")
COUNTED: Final = re.compile(
    rf"\b((?:{NUMBER}|one|two|three|five|ten)(?:(?: to | or | and )(?:{NUMBER}))*)"
    r"(?: (?:more|opening|working|characters of))* "
    r"(minute|hour|day|week|month|year|km|cm|kg|character|digit|point|piece|attempt)s?\b"
)
WORKING: Final = re.compile(rf"({NUMBER}(?: to {NUMBER})?) working days?\b")
WORDS: Final = {"one": "1", "two": "2", "three": "3", "five": "5", "ten": "10"}
CURRENCIES: Final = {"EUR": "€", "GBP": "£", "USD": "$"}


@functools.cache
def sheet() -> str:
    return (ROOT / "docs/fernhill.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def folder() -> Folder:
    return read_folder(SHOP, today=lambda: dt.date(2026, 11, 22))


@pytest.fixture(scope="module")
def articles(folder: Folder) -> list[Article]:
    return [article for article in folder.articles if article.locale == "en"]


@pytest.fixture(scope="module")
def by_id(articles: list[Article]) -> dict[str, Article]:
    return {article.id: article for article in articles}


def filled(article: Article, text: str, country: str | None = None) -> str:
    """A text with its facts; what only a cart or an event can fill is left open."""
    try:
        return fill(text, Context(country=country_code(country)), article.facts, article.locale).text
    except MissingError:
        return re.sub(r"\{\{.*?\}\}", OPEN, text)


def of_variants(article: Article, part: str) -> list[str]:
    """`short_answer` or `body` of each variant, for the first country it is for."""
    countries = [dict(variant.when).get("country", (None,))[0] for variant in article.variants]
    return [
        filled(article, getattr(variant, part), country)
        for variant, country in zip(article.variants, countries, strict=True)
    ]


def short_answers(article: Article) -> list[str]:
    """The general short answer and those of the variants."""
    return [filled(article, article.short_answer), *of_variants(article, "short_answer")]


def texts(article: Article) -> list[str]:
    """Everything of an article that a shopper may read."""
    return [
        article.title,
        *short_answers(article),
        filled(article, article.body),
        *of_variants(article, "body"),
    ]


def rows(heading: str) -> list[dict[str, str]]:
    """The rows of the sheet's table whose header begins with `heading`; a doubled column is `name 2`."""
    lines = sheet()[sheet().index(f"| {heading} |") :].split("\n\n", 1)[0].splitlines()
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if line[:1] == "|"
    ]
    seen: dict[str, int] = defaultdict(int)
    names = []
    for name in cells[0]:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return [dict(zip(names, row, strict=True)) for row in cells[2:]]


def zones() -> list[tuple[str, dict[str, str]]]:
    """Each country we ship to, with its row of the table of fees."""
    return [(code, row) for row in rows("zone") for code in re.findall(r"\b[A-Z]{2}\b", row["countries"])]


def figures(text: str) -> Iterator[str]:
    """The money, percentages, times, dates, addresses and counted things in a text, each in one spelling."""
    for pattern in (MONEY, PERCENT, CLOCK, DATE, ADDRESS):
        yield from (found.removesuffix(".00") for found in pattern.findall(text))
    for numbers, unit in COUNTED.findall(text):
        for number in re.split(" to | or | and ", numbers):
            yield f"{WORDS.get(number, number)} {unit}"
    for numbers in WORKING.findall(text):
        yield from (f"{number} working day" for number in numbers.split(" to "))


def sheet_figures() -> set[str]:
    """The figures of the sheet, its tables included: there the header is the unit."""
    tables = [
        f"{cell} {name.rstrip(' 2')}" if name.startswith("working days") else CURRENCIES.get(name, "") + cell
        for heading in ("zone", "product")
        for row in rows(heading)
        for name, cell in row.items()
    ]
    return {figure for text in [sheet(), *tables] for figure in figures(text)}


def shown(article: Article, country: str) -> str:
    rendered = article.rendered(Context(country=country))
    return f"{rendered.short_answer}\n{rendered.body}"


def test_every_file_of_the_shop_can_be_read(folder: Folder) -> None:
    assert [str(problem) for problem in folder.problems] == []
    files = {path.relative_to(SHOP).as_posix() for path in (SHOP / "articles").rglob("*.md")}
    assert files == {article.file for article in folder.articles}


def test_the_shop_has_at_least_eighty_published_articles(articles: list[Article]) -> None:
    drafts = [article.file for article in articles if not article.published]
    assert drafts == [], f"not published: {drafts}"
    assert len(articles) >= 80


def test_each_article_is_asked_in_at_least_five_ways(folder: Folder) -> None:
    few = {article.file: len(article.questions) for article in folder.articles if len(article.questions) < 5}
    assert few == {}


def test_each_short_answer_has_at_most_sixty_words(folder: Folder) -> None:
    for article in folder.articles:
        for short in short_answers(article):
            words = len(plain(short).split())
            assert words <= 60, f"{article.file}: {words} words in {short!r}"


def test_no_phrasing_leads_to_two_articles(folder: Folder) -> None:
    owners: dict[tuple[str, str], str] = {}
    for article in folder.articles:
        for question in article.questions:
            key = (article.locale, " ".join(re.findall(r"\w+", question.lower())))
            owner = owners.setdefault(key, article.file)
            assert owner == article.file, f"{article.file}: {question!r} stands in {owner} too"


def test_each_event_leads_to_one_article(folder: Folder) -> None:
    owners: dict[tuple[str, str], str] = {}
    for article in folder.articles:
        for event in article.events:
            owner = owners.setdefault((article.locale, str(event)), article.file)
            assert owner == article.file, f"{article.file}: {event} leads to {owner} too"


def test_every_figure_in_an_article_stands_on_the_policy_sheet(articles: list[Article]) -> None:
    known = sheet_figures()
    strange = [
        f"{article.file}: {figure!r} in {text!r}"
        for article in articles
        for text in texts(article)
        for figure in figures(text)
        if figure not in known
    ]
    assert strange == [], "not in docs/fernhill.md:\n" + "\n".join(strange)


def test_the_figures_of_a_text_are_found_in_their_units() -> None:
    text = "From €1,500 or $14.90: 5% off, 3 to 5 working days, 60 minutes, 14:00 on 9 December, one week."
    assert set(figures(text)) == {
        "€1,500", "$14.90", "5%", "3 day", "5 day", "3 working day", "5 working day",
        "60 minute", "14:00", "9 December", "1 week",
    }  # fmt: skip


def test_no_article_uses_a_forbidden_word(articles: list[Article]) -> None:
    for article in articles:
        for text in texts(article):
            used = [word for word in FORBIDDEN if word in text.lower()]
            assert used == [], f"{article.file}: {used} in {text!r}"


def test_no_two_articles_give_nearly_the_same_short_answer(articles: list[Article]) -> None:
    every = [(article.file, short) for article in articles for short in short_answers(article)]
    answers = [(file, short) for file, short in every if OPEN not in short]
    matcher = difflib.SequenceMatcher(autojunk=False)
    for (file, short), (other_file, other) in itertools.combinations(answers, 2):
        if file == other_file:
            assert short != other, f"{file}: twice {short!r}"
            continue
        matcher.set_seqs(short, other)
        if matcher.real_quick_ratio() < TOO_ALIKE or matcher.quick_ratio() < TOO_ALIKE:
            continue
        assert matcher.ratio() < TOO_ALIKE, f"{file} and {other_file}: {short!r} and {other!r}"


def test_a_condition_on_a_country_names_one_we_ship_to(articles: list[Article]) -> None:
    served = {code for code, _ in zones()} | {"EU"}
    for article in articles:
        for variant in article.variants:
            for name, values in variant.when:
                strange = [
                    value for value in values if name == "country" and country_code(value) not in served
                ]
                assert strange == [], f"{article.file}: {strange} in a variant's 'when'"


def test_no_country_falls_under_two_variants_alike(articles: list[Article]) -> None:
    for article in articles:
        for country, _ in zones():
            fits = [v.when for v in article.variants if Context(country=country).meets(v.when)]
            assert len(fits) <= 1, f"{article.file}: {country} meets {fits}"


def test_the_zones_hold_every_country_we_ship_to_once() -> None:
    codes = [code for code, _ in zones()]
    assert sorted(codes) == sorted([*EU, "GB", "US"])


@pytest.mark.parametrize(
    ("article_id", "columns"),
    [
        ("shipping-cost", ("standard", "free from")),
        ("free-delivery", ("free from",)),
        ("delivery-time", ("working days", "working days 2")),
        ("express-delivery", ("express", "working days 2")),
    ],
)
def test_each_country_reads_the_figures_of_its_zone(
    by_id: dict[str, Article], article_id: str, columns: tuple[str, ...]
) -> None:
    for country, row in zones():
        text = shown(by_id[article_id], country)
        for column in columns:
            figure = row[column] + (" working day" if column.startswith("working days") else "")
            assert figure in text, f"{article_id}.md: {country} should read {figure!r}, reads {text!r}"


@pytest.mark.parametrize("article_id", ["shipping-cost", "free-delivery", "express-delivery"])
def test_no_country_reads_a_fee_in_another_currency(by_id: dict[str, Article], article_id: str) -> None:
    for country, row in zones():
        money = {found[0] for found in MONEY.findall(shown(by_id[article_id], country))}
        assert money == {row["standard"][0]}, f"{article_id}.md: {country} reads {money}"


def test_each_country_reads_of_its_own_ways_to_pay(by_id: dict[str, Article]) -> None:
    methods = {row["method"].split(",")[0].split(" ")[0]: row["where"] for row in rows("method")}
    for name in ("EPS", "iDEAL", "Bancontact", "Przelewy24", "Discover"):
        text = by_id["payment-methods"].rendered(Context(country=methods[name])).short_answer
        assert name in text, f"payment-methods.md: {methods[name]} should read of {name}, reads {text!r}"


def test_klarna_is_offered_where_the_sheet_offers_it(by_id: dict[str, Article]) -> None:
    offers = [row for row in rows("method") if row["method"].startswith("Klarna")]
    served: dict[str, str] = {}
    for row in offers:
        where, _, limits = row["where"].partition(";")
        low = MONEY.findall(limits)[0]
        served |= {country_code(code) or code: low for code in re.findall(r"\b[A-Z]{2}\b", where)}
    assert {"AT", "GB", "US"} <= served.keys()
    for country, _ in zones():
        text = shown(by_id["klarna"], country)
        offered = text.startswith("Yes")
        assert offered == (country in served), f"klarna.md: {country} reads {text!r}"
        assert not offered or served[country] in text, f"klarna.md: {country} should read {served[country]}"


@pytest.mark.parametrize("event", ["payment.failed", "payment.authentication_failed"])
def test_a_failed_payment_is_answered_with_what_the_shop_can_know(
    articles: list[Article], event: str
) -> None:
    answering = [article for article in articles if any(found.name == event for found in article.events)]
    assert answering, f"no article answers {event}"
    for article in answering:
        for short in short_answers(article):
            assert "this order was not placed" in short, f"{article.file}: {short!r}"
            assert "pending amount" in short.lower(), f"{article.file}: {short!r}"


def test_facts_and_articles_fit_together(folder: Folder) -> None:
    assert [str(problem) for problem in cross_problems(folder)] == []


def test_no_figure_that_is_a_fact_stands_bare_in_an_article(folder: Folder) -> None:
    values = [value for fact in folder.facts.known.values() for value in fact.values()]
    for article in folder.articles:
        for text in (article, *article.variants):
            found = [*bare_figures(text.short_answer), *bare_figures(text.body)]
            bare = [figure.text for figure in found if figure.value in values]
            assert bare == [], f"{article.file}: {bare} should come from facts.yml"


def test_every_event_that_asks_for_an_answer_has_one(articles: list[Article]) -> None:
    answered = {event.name for article in articles for event in article.events if event.code is None}
    assert set(EVENTS) - {"step.entered", "order.completed"} <= answered


def test_no_article_says_that_nothing_was_taken(articles: list[Article]) -> None:
    """Only the shop's signed word could say so, not an event of the page."""
    claims = (
        "nothing was charged",
        "was not charged",
        "no money was taken",
        "nothing was taken",
        "not been charged",
    )
    for article in articles:
        said = " ".join(texts(article)).lower()
        assert not [claim for claim in claims if claim in said], article.file
