"""Which text of an article a shopper reads, filled, and what is left out of it."""

import datetime as dt
from dataclasses import replace

import pytest

from knowledge_base.article import Article, parse
from knowledge_base.context import Context
from knowledge_base.facts import Facts, parse_facts
from knowledge_base.frontmatter import FormatError
from knowledge_base.rendering import without_gaps
from knowledge_base.template import GAP

FACTS = b"""
free: {type: money, by_country: {AT: 100 EUR, GB: 100 GBP}, owner: s, source: s}
fee: {type: money, by_country: {AT: 4.90 EUR, GB: 6.90 GBP}, owner: s, source: s, expires: 2026-12-31}
"""
ARTICLE = """---
title: When is delivery free?
questions: [free delivery]
variants:
  - when: {country: AT}
    body: |
      From {{ fact("free") }} delivery is free. Below that it costs {{ fact("fee") }}.

      Ask us:

      - Below that, {{ fact("fee") }}.
  - when:
      country: AT
      goods_below: free
    body: |
      You are {{ short_of(fact("free")) }} short of free delivery to {{ country }}.
---
Free from {{ fact("free", "AT") }} in Austria. Otherwise it costs {{ fact("fee", "AT") }}. It is one fee.

More for everybody.
"""


def article(text: str = ARTICLE, day: str = "2026-06-01", facts: bytes = FACTS) -> Article:
    found = parse(text.encode(), article_id="free", locale="en", file="articles/en/free.md")
    return replace(found, facts=parse_facts(facts, today=lambda: dt.date.fromisoformat(day)))


def cart(goods: str, country: str = "AT", currency: str = "EUR") -> Context:
    return Context.of({"country": country, "cart": {"currency": currency, "subtotal": goods}})


def test_a_variant_reckons_from_the_cart():
    shown = article().rendered(cart("92.80"))
    assert shown.short_answer == "You are €7.20 short of free delivery to Austria."
    assert not shown.outdated


@pytest.mark.parametrize(
    "context", [cart("100"), cart("92.80", currency="CHF"), Context(country="AT"), cart("x")]
)
def test_what_can_not_be_reckoned_falls_back_to_the_next_text(context: Context):
    assert (
        article().rendered(context).short_answer == "From €100 delivery is free. Below that it costs €4.90."
    )


def test_the_plain_text_is_left_where_nothing_fits():
    assert article().rendered(Context(country="GB")).short_answer.startswith("Free from €100")


def test_a_figure_past_its_day_is_not_stated_and_a_person_is_due():
    shown = article(day="2027-01-01").rendered(Context(country="AT"))
    assert shown.short_answer == "From €100 delivery is free. I don't have the present figure for this."
    assert shown.body == ""
    assert shown.outdated


def test_a_text_that_needs_no_old_figure_is_taken_first():
    shown = article(day="2027-01-01").rendered(cart("92.80"))
    assert (shown.short_answer, shown.outdated) == ("You are €7.20 short of free delivery to Austria.", False)


def test_without_any_fact_there_is_no_hole():
    shown = replace(article(), facts=Facts()).rendered(cart("92.80"))
    assert shown.short_answer == "I don't have the present figure for this."
    assert shown.body == "More for everybody."
    assert GAP not in shown.short_answer + shown.body
    assert shown.outdated


def test_a_code_may_be_written_as_the_network_does():
    text = ARTICLE.replace(
        "      country: AT\n      goods_below: free", '      event: payment.failed\n      code: ["51", NSF]'
    )
    assert article(text).variants[1].when == (
        ("code", ("insufficient_funds", "insufficient_funds")),
        ("event", ("payment.failed",)),
    )


def test_an_article_is_found_by_what_facts_alone_fill():
    assert article(day="2030-01-01").answers() == (
        "Free from €100 in Austria. Otherwise it costs €4.90. It is one fee.",
        "From €100 delivery is free. Below that it costs €4.90.",
    )


@pytest.mark.parametrize(
    ("markdown", "left"),
    [
        (f"Send it back. You have {GAP} days. It is free.", "Send it back."),
        (f"You have {GAP} days. Returns are free.", "Returns are free."),
        (f"By {GAP} a.m. in New York. Later ones wait. Boots too.", "Boots too."),
        (f"In Washington, D.C. it is {GAP}. Sizes vary.", "Sizes vary."),
        (f"Fees:\n\n- AT: {GAP}\n- DE: none", "Fees:\n\n- DE: none"),
        (f"Fees:\n\n- AT: {GAP}\n\nMore.", "More."),
        (f"| a | {GAP} |\n| b | c |", "| b | c |"),
        (f"{GAP}", ""),
        ("Nothing to leave out. Really.", "Nothing to leave out. Really."),
    ],
)
def test_only_the_sentence_with_the_gap_goes(markdown: str, left: str):
    assert without_gaps(markdown) == left


@pytest.mark.parametrize(
    ("text", "line", "seen"),
    [
        (ARTICLE.replace('fact("free", "AT")', "cart.total"), 18, "'cart.total' in the text for everybody"),
        (ARTICLE.replace("More for everybody.", "{{ ''.__class__ }}"), 20, "the attribute '__class__'"),
        (ARTICLE.replace('it costs {{ fact("fee") }}.\n', "it {{ fact.x }}.\n", 1), 7, "the attribute 'x'"),
        (ARTICLE.replace('- Below that, {{ fact("fee") }}.', "- {{ x }}"), 11, "the name 'x'"),
        (ARTICLE.replace("goods_below: free", "goods_below: 1 EUR"), 14, "'goods_below: 1 EUR'"),
        (ARTICLE.replace("goods_below: free", "items_from: many"), 14, "'items_from: many'"),
        (ARTICLE.replace("goods_below: free", "coupon: maybe"), 14, "'coupon: maybe'"),
        (ARTICLE.replace("goods_below: free", "weight: 5"), 14, "the unknown condition 'weight'"),
        (ARTICLE.replace("goods_below: free", "data: 5"), 14, "'data: 5'"),
        (ARTICLE.replace("title: When", "title: '{{ x }}' #"), 2, "a template"),
        (ARTICLE.replace("[free delivery]", "['{{ x }}']"), 3, "a template"),
    ],
)
def test_a_mistake_in_a_template_is_named_with_its_line(text: str, line: int, seen: str):
    with pytest.raises(FormatError) as caught:
        article(text)
    assert caught.value.problem.line == line
    assert seen in caught.value.problem.value
