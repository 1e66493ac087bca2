"""facts.yml: typed, by country, with a last day; a mistake is named with its line."""

import datetime as dt
from decimal import Decimal

import pytest

from knowledge_base.facts import NO_FACTS, parse_facts, read_facts
from knowledge_base.frontmatter import FormatError
from knowledge_base.values import Countries, Money, Percent, Span

HEAD = "owner: shipping, source: docs/policy.md"
GOOD = f"""
delivery.fee: {{type: money, by_country: {{zone1: 4.90 EUR, "BE,FR": 7.90 EUR, uk: 6.90 GBP}}, {HEAD}}}
zone1: {{type: countries, value: [AT, DE], {HEAD}}}
returns.days: {{type: days, value: 30, {HEAD}, expires: 2027-01-31}}
delivery.days: {{type: days, by_country: {{EU: 3 to 5, default: 6 to 10}}, {HEAD}}}
vat: {{type: percent, value: 20%, {HEAD}}}
sale.ends: {{type: date, value: 2025-08-31, {HEAD}}}
cut_off: {{type: text, value: "14:00", {HEAD}}}
eu: {{type: countries, value: [EU], {HEAD}}}
"""


def on(day: str):
    return lambda: dt.date.fromisoformat(day)


def test_facts_are_read_by_type_and_country():
    facts = parse_facts(GOOD.encode())
    assert facts.present("delivery.fee", "DE") == Money(Decimal("4.90"), "EUR")
    assert facts.present("delivery.fee", "FR") == Money(Decimal("7.90"), "EUR")
    assert facts.present("delivery.fee", "GB") == Money(Decimal("6.90"), "GBP")
    assert facts.present("delivery.fee", "US") is None
    assert facts.present("delivery.fee", None) is None
    assert facts.present("delivery.days", "AT") == Span(3, 5)
    assert facts.present("delivery.days", "US") == facts.present("delivery.days", None) == Span(6, 10)
    assert facts.present("vat", None) == Percent(Decimal(20))
    assert facts.present("sale.ends", None) == dt.date(2025, 8, 31)
    assert facts.present("cut_off", None) == "14:00"
    assert facts.present("zone1", None) == Countries(("AT", "DE"))
    eu = facts.present("eu", None)
    assert isinstance(eu, Countries)
    assert len(eu.codes) == 27
    assert facts.known["returns.days"].owner == "shipping"
    assert facts.known["returns.days"].line == 4


def test_a_fact_holds_up_to_and_on_its_last_day():
    for day, expected in (("2027-01-31", Span(30, 30)), ("2027-02-01", None)):
        facts = parse_facts(GOOD.encode(), today=on(day))
        assert facts.present("returns.days", "AT") == expected
        assert facts.expired("returns.days") == (expected is None)
        assert facts.ageless().present("returns.days", None) == Span(30, 30)


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"a.b: 5\n", 1, "a mapping with the keys"),
        (b"- a\n", 1, "a mapping"),
        (b"\na.b: {type: mony, value: 1, owner: o, source: s}\n", 2, "the type 'mony' of 'a.b'"),
        (b"a.b: {value: 1, owner: o, source: s}\n", 1, "the type 'nothing'"),
        (b"a.b: {type: days, owner: o, source: s}\n", 1, "either 'value' or 'by_country'"),
        (b"a.b: {type: days, value: 1, by_country: {AT: 2}, owner: o, source: s}\n", 1, "with both"),
        (b"a.b: {type: days, value: 1, source: s}\n", 1, "without 'owner'"),
        (b"a.b: {type: days, value: 1, owner: o}\n", 1, "without 'source'"),
        (b"a.b:\n  type: days\n  value: soon\n  owner: o\n  source: s\n", 3, "'soon' as the days 'a.b'"),
        (b"a.b: {type: days, value: 5 to 3, owner: o, source: s}\n", 1, "a whole number such as 30"),
        (b"a.b: {type: money, value: 4.90, owner: o, source: s}\n", 1, "an amount and its currency"),
        (b"a.b: {type: percent, value: 1e9, owner: o, source: s}\n", 1, "a number such as 20"),
        (b"a.b: {type: date, value: 2025-02-30, owner: o, source: s}\n", 1, "a date such as"),
        (b"a.b: {type: text, value: '{{ cart }}', owner: o, source: s}\n", 1, "as the text 'a.b'"),
        (b"a.b: {type: countries, value: AT, owner: o, source: s}\n", 1, "a list of country codes"),
        (b"a.b: {type: countries, value: [AT, AT], owner: o, source: s}\n", 1, "each once"),
        (b"a.b: {type: days, value: 1, owner: o, source: s, expires: soon}\n", 1, "the date 'soon'"),
        (b"a.b: {type: days, by_country: {Austria: 1}, owner: o, source: s}\n", 1, "the place 'Austria'"),
        (b"a.b: {type: days, by_country: {AT: 1, AT DE: 2}, owner: o, source: s}\n", 1, "'AT' twice"),
        (b"a.b: {type: days, by_country: {}, owner: o, source: s}\n", 1, "for no country"),
        (b"A B: {type: days, value: 1, owner: o, source: s}\n", 1, "the fact 'A B'"),
        (b"a: {type: days, value: 1, owner: o, source: s}\na: {type: days, value: 1}\n", 2, "'a' twice"),
        (b"a: &x {type: days, by_country: *x, owner: o, source: s}\n", 1, ""),
        (b"a: {" * 3000, 2, "broken YAML"),
        (b"\xff", 1, "UTF-8"),
        (b"x" * 300_000, 1, "at most"),
    ],
)
def test_a_mistake_is_named_with_its_line(data: bytes, line: int, said: str):
    with pytest.raises(FormatError) as caught:
        parse_facts(data)
    assert said in str(caught.value)
    assert str(caught.value).startswith(f"facts.yml:{line}: ")


def test_no_file_is_no_facts(tmp_path):
    assert read_facts(tmp_path) == NO_FACTS
    (tmp_path / "facts.yml").write_bytes(b"\n")
    assert read_facts(tmp_path).known == {}
