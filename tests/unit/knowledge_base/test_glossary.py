"""The shop's glossary: what is read, what is replaced, and what is wrong with which line."""

from pathlib import Path

import pytest

from knowledge_base.frontmatter import FormatError
from knowledge_base.glossary import EMPTY, MAX_BYTES, parse_glossary
from knowledge_base.lexical import Speller

GLOSSARY = parse_glossary(
    b"words:\n  cod: cash on delivery\n  pin code: postcode\n  p&p: shipping costs\n  y: why\n"
    b"elsewhere: [Zalando, H&M]\n"
)
DEMO = Path(__file__).parents[3] / "knowledge_base" / "glossary.yml"


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("I want COD", "I want cash on delivery"),
        ("my pin  code, please", "my postcode, please"),
        ("p&p?", "shipping costs?"),
        ("y not", "why not"),
        ("codfish and pin codes", "codfish and pin codes"),
        ("my email is y@cod.example", "my email is y@cod.example"),
        ("", ""),
    ],
)
def test_words_are_replaced_whole_and_whatever_their_case(asked, read):
    assert GLOSSARY.read(asked, ours=()) == read


def test_a_word_that_the_articles_use_is_left_as_it_is():
    assert GLOSSARY.read("fresh cod", ours={"cod": 2}) == "fresh cod"


def test_meanings_are_not_looked_up_again():
    circle = parse_glossary(b"words: {parcel: packet, packet: parcel}")
    assert circle.read("parcel or packet", ours=()) == "packet or parcel"


def test_the_speller_reads_the_glossary_before_it_repairs():
    speller = Speller({"postcode": 3, "delivery": 2}, {"my", "is"}, GLOSSARY)
    assert speller.repaired("my pin code is delivry") == "my postcode is delivery"
    assert speller.means_ours("cod")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("my Zalando parcel", ("zalando",)),
        ("h&m and ZALANDO", ("h&m", "zalando")),
        ("zalandos", ()),
        ("", ()),
    ],
)
def test_other_companies_are_found_by_name(text, named):
    assert GLOSSARY.companies(text) == named


@pytest.mark.parametrize(
    ("data", "line", "said"),
    [
        (b"words:\n  a: b\n  a: c\n", 3, "twice"),
        (b"words:\n  COD: x\n  a: b\n  cod: y\n", 4, "twice"),
        (b"words:\n  z: a\n  a: [b, c]\n", 3, "one, up to"),
        (b"words: nothing\n", 1, "a mapping"),
        (b"wards:\n  a: b\n", 1, "wards"),
        (b"words:\n  a: {b: c}\n", 2, "a word"),
        (b"words:\n  a: b\n x", 3, "YAML"),
        (b"elsewhere: {a: b}\n", 1, "a list"),
        (b"words:\n  caf\xe9: coffee\n", 2, "UTF-8"),
        (b"words:\n  a: b\x00\n", 2, "NUL"),
        (b"x" * (MAX_BYTES + 1), 1, "bytes"),
    ],
)
def test_a_file_that_cannot_be_used_is_reported_with_its_line(data, line, said):
    with pytest.raises(FormatError) as caught:
        parse_glossary(data)
    assert caught.value.problem.line == line
    assert said in str(caught.value)


def test_an_empty_file_is_an_empty_glossary():
    assert parse_glossary(b" \n") == EMPTY
    assert EMPTY.read("cod", ours=()) == "cod"
    assert EMPTY.companies("Zalando") == ()


def test_the_demo_shops_glossary_can_be_read():
    glossary = parse_glossary(DEMO.read_bytes())
    assert glossary.read("cod in my zip?", ours=()) == "cash on delivery in my postcode?"
