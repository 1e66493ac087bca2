"""Every sentence exists in every locale, fills in the same names, and speaks as the shop does."""

import ast
import re
from collections.abc import Iterator

import pytest

from bot.words import FALL_BACK, FOLDER, Sentence, catalogue, fields, locales, say

FORBIDDEN = re.compile(
    r"\b(?:unfortunately|please note|oops|invalid|leider|bitte beachten|ungültig|malheureusement"
    r"|veuillez noter|invalide|lamentablemente|inválid[oa])\b|[!¡]",
    re.IGNORECASE,
)
OTHERS = sorted(locales() - {FALL_BACK})


def _texts(sentence: Sentence) -> list[str]:
    return (
        [sentence] if isinstance(sentence, str) else [text for key, text in sentence.items() if key != "by"]
    )


def _names(sentence: Sentence) -> set[str]:
    return set().union(*(fields(text) for text in _texts(sentence)))


def _all() -> Iterator[tuple[str, str, str]]:
    for locale in sorted(locales()):
        for code, sentence in catalogue(locale).items():
            for text in _texts(sentence):
                yield locale, code, text


def test_there_is_more_than_one_locale() -> None:
    assert {"en", "de", "fr", "es", "ar"} <= locales()


@pytest.mark.parametrize("locale", OTHERS)
def test_every_catalogue_has_every_code(locale: str) -> None:
    assert catalogue(locale).keys() == catalogue(FALL_BACK).keys()


@pytest.mark.parametrize("locale", OTHERS)
def test_every_catalogue_fills_in_the_same_names(locale: str) -> None:
    for code, sentence in catalogue(FALL_BACK).items():
        assert _names(catalogue(locale)[code]) == _names(sentence), code


@pytest.mark.parametrize("locale", OTHERS)
def test_every_catalogue_knows_the_same_cases(locale: str) -> None:
    for code, sentence in catalogue(FALL_BACK).items():
        other = catalogue(locale)[code]
        assert isinstance(other, str) == isinstance(sentence, str), code
        if not isinstance(sentence, str) and not isinstance(other, str):
            assert other.keys() == sentence.keys(), code
            assert other["by"] == sentence["by"], code


def test_every_sentence_is_said_somewhere() -> None:
    texts = {
        node.value
        for path in FOLDER.parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert catalogue(FALL_BACK).keys() - texts == set()


def test_every_case_has_one_for_the_rest() -> None:
    for locale in locales():
        for code, sentence in catalogue(locale).items():
            if not isinstance(sentence, str):
                assert {"by", "other"} <= sentence.keys(), (locale, code)


def test_no_sentence_shouts_or_apologises_in_vain() -> None:
    assert [entry for entry in _all() if FORBIDDEN.search(entry[2])] == []


def test_every_param_is_a_plain_name() -> None:
    named = {name for _, _, text in _all() for name in fields(text)}
    assert named
    assert all(name.isidentifier() for name in named)


def test_every_sentence_can_be_said() -> None:
    for locale in locales():
        for code, sentence in catalogue(locale).items():
            said = say(code, locale, **dict.fromkeys(_names(sentence), "X"))
            assert said
            assert "{" not in said


def test_names_are_filled_in() -> None:
    assert say("claimed", "en", name="Maya") == "Maya from the shop is here and sees everything above."
    assert say("claimed", "de", name="Maya") == "Maya aus dem Shop ist da und sieht alles Bisherige."


def test_a_case_is_picked_by_its_param() -> None:
    assert say("outcome", "en", outcome="queue") == "waiting for a person"
    assert say("reason_text", "en", reason="not_helped") == "The answers did not help"
    assert say("reason_text", "en", reason="by") == "Handed over"
    assert say("reason_text", "en") == "Handed over"


@pytest.mark.parametrize("locale", ["de", "de-AT", "de_AT", "DE", "de-Latn-AT"])
def test_a_locale_falls_back_to_its_language(locale: str) -> None:
    assert say("choice_none", locale) == "Nichts davon"


@pytest.mark.parametrize("locale", ["pt-BR", "", "../../etc/passwd", "xx"])
def test_a_language_without_a_catalogue_gets_english(locale: str) -> None:
    assert say("choice_none", locale) == "None of these"


def test_values_are_not_read_as_templates() -> None:
    assert say("claimed", "en", name="{0.__class__}").startswith("{0.__class__} from the shop")


def test_an_unknown_code_and_a_missing_param_say_so() -> None:
    with pytest.raises(KeyError, match=r"No sentence 'nothing'"):
        say("nothing", "en")
    with pytest.raises(KeyError, match="wants name"):
        say("claimed", "en")
