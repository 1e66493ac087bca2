"""Whose articles stand in where a shopper's language has none."""

import pytest

from knowledge_base.library import Library
from knowledge_base.locales import FallBack

SPANISH = """---
title: ¿Cuánto tarda el envío?
questions: [cuánto tarda el envío]
---
El envío tarda de dos a cuatro días.
"""


@pytest.mark.parametrize(
    ("locale", "chain"),
    [
        ("en", ("en",)),
        ("de-AT", ("de-AT", "de", "en")),
        ("pt-BR", ("pt-BR", "pt", "es", "en")),
        ("fr-CH", ("fr-CH", "fr", "de", "en")),
        ("ar", ("ar", "en")),
    ],
)
def test_a_chain_is_the_locale_its_language_what_is_declared_and_english(locale, chain):
    assert FallBack({"pt": ("es",), "fr-CH": ("fr", "de")}).of(locale) == chain


@pytest.mark.parametrize("declared", [{"PT": ["es"]}, {"pt": ["spanish!"]}, {"pt": ["../es"]}])
def test_what_is_no_locale_is_named(declared):
    with pytest.raises(ValueError, match="is no locale; write it like"):
        FallBack(declared)


def test_an_article_comes_from_the_first_locale_of_the_chain_that_has_it(shop, encoder, tmp_path):
    folder = shop / "articles" / "es"
    folder.mkdir()
    (folder / "delivery-time.md").write_text(SPANISH, encoding="utf-8")
    library = Library(shop, tmp_path / "store", encoder=encoder, fall_back=FallBack({"pt": ["es"]})).open()
    try:
        assert library.article("delivery-time", "pt-BR").locale == "es"
        assert library.article("delivery-time", "fr").locale == "en"
        assert library.article("returns", "pt").locale == "en"
        found = library.search("how long does delivery take", {"locale": "pt"})
        assert (found.matches[0].id, found.matches[0].locale) == ("delivery-time", "es")
    finally:
        library.close()
