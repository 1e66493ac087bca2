"""The sentences that the assistant and the system say by themselves, in the shopper's language.

One catalogue per locale in `bot/words/`. Where a locale has none, its language's is taken, then English.
"""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Final

import yaml

__all__ = ["catalogue", "locales", "say"]

FOLDER: Final = Path(__file__).with_name("words")
FALL_BACK: Final = "en"

Sentence = str | Mapping[str, str]


def say(code: str, locale: str, **params: object) -> str:
    """The sentence for `code`, with `params` filled in; params it does not name are left out.

    Raises KeyError for a code without a sentence, or a sentence without its param: both are our mistake.
    """
    sentence = catalogue(_nearest(locale)).get(code)
    if sentence is None:
        raise KeyError(f"No sentence {code!r} in {FOLDER / FALL_BACK}.yml. Add it there and in each locale.")
    if not isinstance(sentence, str):
        chosen = str(params.get(sentence["by"], "other"))
        sentence = sentence.get(chosen, sentence["other"]) if chosen != "by" else sentence["other"]
    missing = fields(sentence) - params.keys()
    if missing:
        raise KeyError(
            f"The sentence {code!r} wants {', '.join(sorted(missing))}, which the caller left out."
        )
    return sentence.format_map({name: str(value) for name, value in params.items()})


@lru_cache(maxsize=32)
def catalogue(locale: str) -> Mapping[str, Sentence]:
    """Every sentence of one locale that has a catalogue, by code."""
    text = (FOLDER / f"{locale}.yml").read_text(encoding="utf-8")
    sentences: Mapping[str, Sentence] = yaml.safe_load(text)
    return sentences


@lru_cache(maxsize=1)
def locales() -> frozenset[str]:
    """The locales that have a catalogue."""
    return frozenset(file.stem for file in FOLDER.glob("*.yml"))


def fields(sentence: str) -> frozenset[str]:
    """The names of the params that a sentence fills in."""
    return frozenset(name for _, name, _, _ in Formatter().parse(sentence) if name is not None)


@lru_cache(maxsize=256)
def _nearest(locale: str) -> str:
    parts = locale.replace("_", "-").split("-")
    parts[0] = parts[0].lower()
    while parts:
        if "-".join(parts) in locales():
            return "-".join(parts)
        parts.pop()
    return FALL_BACK
