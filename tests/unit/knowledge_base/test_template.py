"""Templates in articles: what they may say, what they never run, and what becomes of a missing value."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.context import Context
from knowledge_base.facts import parse_facts
from knowledge_base.frontmatter import FormatError, Source
from knowledge_base.template import GAP, MissingError, fill, read

SOURCE = Source("articles/en/a.md")
FACTS = parse_facts(
    b"""
zone1: {type: countries, value: [AT, DE], owner: s, source: s}
free: {type: money, by_country: {zone1: 100 EUR, GB: 100 GBP, US: 2500 USD}, owner: s, source: s}
fee: {type: money, value: 4.90 EUR, owner: s, source: s}
days: {type: days, value: 30, owner: s, source: s}
span: {type: days, value: 1 to 3, owner: s, source: s}
vat: {type: percent, value: 20, owner: s, source: s}
last: {type: date, value: 2025-08-31, owner: s, source: s}
cut_off: {type: text, value: "14:00", owner: s, source: s}
old: {type: days, value: 5, owner: s, source: s, expires: 2020-01-01}
"""
)


def cart(goods: str = "92.80", currency: str = "EUR", **more: object) -> Context:
    return Context.of({"country": "AT", "cart": {"currency": currency, "subtotal": goods, **more}})


def filled(text: str, context: Context | None = None, locale: str = "en") -> str:
    read(text, SOURCE, 1)
    return fill(text, context or Context(), FACTS, locale).text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{{ fact("fee") }}', "€4.90"),
        ('{{ fact("free", "DE") }}', "€100"),
        ('{{ fact("free", "US") }}', "$2,500"),
        ('{{ fact("days") }} days', "30 days"),
        ('{{ fact("span") }} days', "1 to 3 days"),
        ('{{ fact("vat") }}', "20%"),
        ('{{ fact("last") }}', "31 August 2025"),
        ('{{ fact("cut_off") }}', "14:00"),
        ('{{ fact("zone1") }}', "Austria and Germany"),
        ('{{ "soon" if fact("fee") < 5 else "late" }}', "soon"),
        ("no template", "no template"),
    ],
)
def test_a_fact_reads_as_a_shopper_would_write_it(text: str, expected: str):
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("locale", "expected"),
    [("de", "4,90\u00a0€ und 31. August 2025"), ("fr-FR", "4,90\u00a0€ und 31 août 2025")],
)
def test_money_and_dates_follow_the_locale(locale: str, expected: str):
    assert filled('{{ fact("fee") }} und {{ fact("last") }}', locale=locale) == expected


def test_what_is_missing_for_free_delivery_comes_from_the_cart():
    text = 'You are {{ short_of(fact("free")) }} short of free delivery to {{ country }}.'
    assert filled(text, cart("92.80")) == "You are €7.20 short of free delivery to Austria."
    assert (
        filled(text, cart("107.80", discount="15.00")) == "You are €7.20 short of free delivery to Austria."
    )


@pytest.mark.parametrize(
    "context",
    [
        Context(country="AT"),
        cart("100"),
        cart("120.00"),
        cart("50", currency="USD"),
        cart("nonsense"),
        Context.of({"country": "CH", "cart": {"currency": "EUR", "subtotal": "50"}}),
        Context.of({"country": "AT", "cart": {"currency": "EUR", "subtotal": "-5e999"}}),
    ],
)
def test_a_missing_value_is_missing_and_no_hole(context: Context):
    with pytest.raises(MissingError):
        filled('You are {{ short_of(fact("free")) }} short of free delivery to {{ country }}.', context)


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("{{ ''.__class__ }}", "the attribute '__class__'"),
        ("{{ cart.__class__ }}", "'cart.__class__'"),
        ("{{ event.data.__init__ }}", "'event.data.__init__'"),
        ("{{ fact.__globals__ }}", "the attribute '__globals__'"),
        ("{{ cart.total.amount }}", "'cart.total.amount'"),
        ("{{ cart['total'] }}", "square brackets"),
        ("{{ config }}", "the name 'config'"),
        ("{{ self }}", "the name 'self'"),
        ("{{ range(10) }}", "a call of 'range'"),
        ("{{ fact('a').amount() }}", "a call of"),
        ("{{ cart.total|string }}", "a filter"),
        ("{{ cart is defined }}", "a test"),
        ("{{ 9 ** 9 ** 9 }}", "a power"),
        ("{{ 'a' * 999999999 }}", "a product"),
        ("{{ 'a' ~ 'b' }}", "'~'"),
        ("{{ 'a' % 3 }}", "'%'"),
        ("{{ [1, 2] }}", "a list"),
        ("{{ {'a': 1} }}", "a mapping"),
        ("{{ 'a' if cart.total }}", "'if' without 'else'"),
        ("{{ fact(cart.coupon) }}", "fact() without a name in quotes"),
        ("{{ fact('a', 'AT', 'DE') }}", "fact() without a name in quotes"),
        ("{{ fact('a', country='AT') }}", "named or starred"),
        ("{{ fact(*cart) }}", "named or starred"),
        ("{% for i in [1] %}x{% endfor %}", "a loop"),
        ("{% if true %}x{% endif %}", "an 'if' statement"),
        ("{% set x = 1 %}", "in a template"),
        ("{% include 'x' %}", "in a template"),
        ("{% macro x() %}{% endmacro %}", "in a template"),
        ("{% raw %}{{ x }}", "a broken template"),
        ("{{ fact('a' }}", "a broken template"),
        ("{{", "a broken template"),
        ("{{ }}", "a broken template"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "a broken template"),
        ("{{ " + "1 + " * 400 + "1 }}", "this deep"),
        ("{{ " + "9" * 5000 + " }}", "a broken template"),
        ("{{ 1" + "0" * 200 + "|int }}", "a filter"),
    ],
)
def test_all_else_is_refused_before_anything_runs(text: str, seen: str):
    began_s = time.monotonic()
    with pytest.raises(FormatError) as caught:
        read("First line.\nSecond " + text, SOURCE, 10)
    assert seen in caught.value.problem.value
    assert caught.value.problem.file == "articles/en/a.md"
    assert caught.value.problem.line in {10, 11}
    assert time.monotonic() - began_s < 5


def test_the_line_of_what_is_refused_is_named():
    with pytest.raises(FormatError) as caught:
        read('{{ fact("fee") }}\n\nText\n{{ "".__class__ }}', SOURCE, 20)
    assert str(caught.value).startswith("articles/en/a.md:23: Saw the attribute '__class__' in a template")


def test_what_the_sandbox_would_have_to_stop_is_stopped_too():
    for text in ("{{ ''.__class__.__mro__ }}", "{{ fact.__globals__ }}", "{{ cart.__class__.__base__ }}"):
        with pytest.raises(MissingError):
            fill(text, cart(), FACTS, "en")


@pytest.mark.parametrize(
    "given",
    [
        "<b>bold</b>",
        "[a](https://evil.example)",
        "https://evil.example",
        "`x`",
        "x" * 81,
        "{{ fact('fee') }}",
        "a\nb|c",
    ],
)
def test_markup_from_the_page_is_never_shown(given: str):
    context = Context.of({"event": {"event": "stock.changed", "data": {"item": given}}})
    try:
        text = fill("Item {{ event.data.item }}.", context, FACTS, "en").text
    except MissingError:
        return
    assert text == "Item a b\\|c."


def test_words_of_the_page_are_escaped_and_not_joined():
    context = Context.of(
        {"event": {"event": "stock.changed", "data": {"item": "# Tent_2 & co. (two-person)"}}}
    )
    assert fill("{{ event.data.item }}", context, FACTS, "en").text == "\\# Tent\\_2 \\& co. (two-person)"
    with pytest.raises(MissingError):
        fill('{{ "a" + event.data.item }}', context, FACTS, "en")


def test_an_event_is_told_in_words_and_typed_data():
    data = {"from": "92.80", "to": "95", "why": "delivery"}
    context = Context.of({"event": {"event": "total.changed", "data": data}, "cart": {"currency": "GBP"}})
    text = "{{ event.words }} It was {{ event.data.from }}, it is {{ event.data.to }}."
    assert filled(text, context) == "The delivery fee changed. It was £92.80, it is £95."


PIECES = st.sampled_from(
    [
        *"{}()[]|~*%+-.,'\"=<> \n",
        *("{{", "}}", "{%", "%}", "{#", "#}", "{{ fact(", ") }}", "{{ cart.items }}", "\ue000", "\x00", "é"),
        *('"free"', "'a'", "1", "9999", "AT", "if", "else", "for", "in", "and", "not", "==", "range", "self"),
        *(
            "fact",
            "short_of",
            "cart",
            "event",
            "country",
            ".total",
            ".goods",
            ".data",
            ".words",
            ".__class__",
        ),
    ]
)


@given(st.lists(PIECES, max_size=25).map("".join))
@settings(max_examples=400, deadline=None)
def test_whatever_is_written_is_refused_missing_or_text(text: str):
    try:
        read(text, SOURCE, 1)
    except FormatError:
        return
    for context in (Context(), cart("92.80", lines=[{"quantity": 2}])):
        for lenient in (False, True):
            try:
                assert isinstance(fill(text, context, FACTS, "en", lenient=lenient).text, str)
            except MissingError:
                assert not lenient


def test_words_of_an_event_are_english_only():
    context = Context.of({"event": "payment.failed:51"})
    assert filled("{{ event.words }}", context) == "There was not enough money available on this card."
    with pytest.raises(MissingError):
        filled("{{ event.words }}", context, locale="de")


def test_a_fact_past_its_day_leaves_a_gap_and_is_never_reckoned_with():
    assert fill('{{ fact("old") }} days', Context(), FACTS, "en") == (f"{GAP} days", True)
    with pytest.raises(MissingError):
        fill('{{ "a" if fact("old") == 5 else "b" }}', Context(), FACTS, "en")
    with pytest.raises(MissingError):
        fill('{{ fact("unknown") }}', Context(), FACTS, "en")
    assert fill('{{ fact("unknown") }}', Context(), FACTS, "en", lenient=True).gaps
