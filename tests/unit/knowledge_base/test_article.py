"""The article format: what is read, and what is said of each thing that cannot be."""

import pytest

from knowledge_base.article import FormatError, parse
from knowledge_base.context import Context

GOOD = """---
title: Delivery
questions:
  - how long does it take
  - when will it come
steps: [cart, delivery]
events: ["payment.failed:insufficient_funds", coupon.rejected]
tags: [delivery]
variants:
  - when: {country: [GB, "NO"]}
    body: |
      Four to six days.

      More for GB.
  - when: {country: GB, step: cart}
    body: Six days.
status: published
owner: shipping
review_by: 2027-03-31
---

One to three days.

## More
Text.
"""


def read(text: str | bytes, name: str = "delivery", locale: str = "en"):
    data = text if isinstance(text, bytes) else text.encode()
    return parse(data, article_id=name, locale=locale, file=f"articles/{locale}/{name}.md")


def problem(text: str | bytes, **kwargs: str):
    with pytest.raises(FormatError) as caught:
        read(text, **kwargs)
    return caught.value.problem


def test_every_key_is_read():
    article = read(GOOD)
    assert article.title == "Delivery"
    assert article.questions == ("how long does it take", "when will it come")
    assert article.short_answer == "One to three days."
    assert article.body == "## More\nText."
    assert [str(event) for event in article.events] == [
        "payment.failed:insufficient_funds",
        "coupon.rejected",
    ]
    assert article.review_by is not None
    assert article.review_by.isoformat() == "2027-03-31"


def test_the_variant_with_most_conditions_wins():
    article = read(GOOD)
    assert article.rendered(Context()).short_answer == "One to three days."
    assert article.rendered(Context.of({"country": "uk"})).short_answer == "Four to six days."
    assert article.rendered(Context.of({"country": "GB", "step": "cart"})).short_answer == "Six days."


def test_norway_is_not_false():
    assert read(GOOD).rendered(Context.of({"country": "NO"})).body == "More for GB."


def test_the_eu_is_a_country_condition():
    article = read(GOOD.replace('[GB, "NO"]', "EU"))
    assert article.rendered(Context.of({"country": "PT"})).short_answer == "Four to six days."
    assert article.rendered(Context.of({"country": "CH"})).short_answer == "One to three days."


@pytest.mark.parametrize(
    ("old", "new", "line", "seen", "expected"),
    [
        ("title: Delivery", "title: [Delivery", 3, "broken YAML", "YAML"),
        ("title: Delivery", "title: A\ntitle: B", 3, "'title' twice", "once"),
        ("title: Delivery", "titel: Delivery", 2, "unknown key 'titel'", "title"),
        ("title: Delivery\n", "", 2, "no 'title'", "'title' with a text"),
        ("title: Delivery", "title: 42", 2, "42", "a text"),
        ("title: Delivery", "title: [a, b]", 2, "a list", "a text"),
        ("  - how long does it take\n  - when will it come", "  how long", 4, "'how long'", "a list"),
        ("steps: [cart, delivery]", "steps: [cart, 7]", 6, "7", "a text"),
        ("status: published", "status: draft", 17, "'draft'", "published, archived"),
        ("review_by: 2027-03-31", "review_by: soon", 19, "'soon'", "2027-03-31"),
        ("{country: GB, step: cart}", "{contry: GB}", 15, "'contry'", "country"),
        ("coupon.rejected]", "Coupon Rejected]", 7, "Coupon Rejected", "payment.failed"),
        ("    body: Six days.", "    bodi: Six days.", 16, "unknown key 'bodi'", "body, when"),
        ("One to three days.", " ".join(["word"] * 61), 22, "61 words", "at most 60"),
        ("    body: Six days.", f"    body: {'word ' * 61}", 16, "61 words", "at most 60"),
    ],
)
def test_an_error_names_line_value_and_what_was_expected(old, new, line, seen, expected):
    assert old in GOOD
    found = problem(GOOD.replace(old, new))
    assert (found.line, seen in found.value, expected in found.expected) == (line, True, True), found


def test_an_empty_body_is_refused():
    head = GOOD[: GOOD.index("\n\nOne to three")] + "\n"
    assert "empty body" in problem(head).value


def test_a_body_that_starts_with_a_heading_has_no_short_answer():
    assert "short answer" in problem(GOOD.replace("One to three days.", "# Delivery")).expected


def test_a_file_without_front_matter_is_refused():
    assert problem("Hello").line == 1
    assert "ends the front matter" in problem("---\ntitle: A\n").expected


def test_front_matter_that_is_a_list_is_refused():
    assert "a mapping" in problem("---\n- a\n---\nText.\n").expected


def test_bytes_that_are_not_utf8_are_named_with_their_line():
    found = problem(GOOD.encode().replace(b"One to", b"One \xff to"))
    assert (found.line, found.value) == (22, "the byte 0xff")


def test_five_megabytes_are_refused():
    assert "a file of 5,000," in problem(GOOD.encode() + b"x" * 5_000_000).value


@pytest.mark.parametrize("name", ["Delivery", "a_b", "-a", "a--b", "ü", "x" * 81, ""])
def test_a_bad_id_is_refused(name):
    assert "small letters" in problem(GOOD, name=name).expected


def test_a_bad_locale_is_refused():
    assert "folder such as 'en'" in problem(GOOD, locale="english").expected


def test_windows_line_ends_and_a_byte_order_mark_are_read():
    article = read(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert article.short_answer == "One to three days."


def test_yaml_that_grows_when_read_is_refused():
    bomb = "a: &a [x,x,x]\nb: &b [*a,*a,*a]\ntitle: *b\n"
    assert problem(f"---\n{bomb}---\nText.\n").line >= 2


def test_words_of_a_link_count_and_its_address_does_not():
    article = read(GOOD.replace("One to three days.", "See [the page](https://shop.example/a b c)."))
    assert "shop.example" in article.short_answer


def test_an_article_asks_for_the_country_while_it_is_not_known():
    article = read(GOOD.replace("variants:", "asks: country\nvariants:"))
    asked = article.rendered(Context(step="cart")).ask
    assert asked is not None
    assert (asked.fact, asked.choices, asked.more) == ("country", ("GB", "NO"), False)
    assert article.rendered(Context(country="AT")).ask is None
    assert read(GOOD).rendered(Context()).ask is None


def test_what_is_asked_for_must_choose_a_variant():
    told = str(problem(GOOD.replace("variants:", "asks: weather\nvariants:")))
    assert "the fact 'weather'" in told
    without = GOOD.replace('country: [GB, "NO"]', "step: cart").replace(
        "country: GB, step: cart", "step: pay"
    )
    told = str(problem(without.replace("variants:", "asks: country\nvariants:")))
    assert "'asks: country' without such variants" in told
