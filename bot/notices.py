"""Notices, which tell shoppers of known problems and changes: what one must hold, its words by locale."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from bot.errors import AppError

TEXT_LIMIT = 300
MOST_NAMES = 20
FALL_BACK = "en"
_LOCALE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_COUNTRY = re.compile(r"[A-Z]{2}")
_NAME = re.compile(r"[a-z0-9][a-z0-9_.-]{0,39}")

Texts = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Announcement:
    """A notice before it is kept: texts by locale, whom it concerns, and when it holds.

    Empty `steps`, `countries` and `methods` (of payment) concern everybody; `ends_at` None is until further
    notice.
    """

    texts: Texts
    starts_at: datetime
    ends_at: datetime | None = None
    over: Texts = field(default_factory=dict)
    steps: Sequence[str] = ()
    countries: Sequence[str] = ()
    methods: Sequence[str] = ()


def checked(given: Announcement) -> Announcement:
    """The announcement, tidied. AppError `bad_value` names what is wrong."""
    if given.ends_at is not None and given.ends_at <= given.starts_at:
        raise _wrong(
            f"The notice would end at {given.ends_at:%Y-%m-%d %H:%M} and start at "
            f"{given.starts_at:%Y-%m-%d %H:%M}.",
            "Let it end after it starts, both in UTC.",
        )
    texts = _texts(given.texts)
    if not texts:
        raise _wrong("The notice has no text.", "Say what shoppers should know.")
    return Announcement(
        texts,
        given.starts_at,
        given.ends_at,
        _texts(given.over),
        _names("step", [step.strip() for step in given.steps], _NAME, "such as payment"),
        _names("country", [code.strip().upper() for code in given.countries], _COUNTRY, "such as AT"),
        _names("payment method", [name.strip().lower() for name in given.methods], _NAME, "such as paypal"),
    )


def text_for(texts: Texts, locale: str) -> str:
    """The text in the locale, its language, English, or whichever there is; empty when there is none."""
    parts = locale.replace("_", "-").split("-")
    parts[0] = parts[0].lower()
    while parts:
        if found := texts.get("-".join(parts)):
            return found
        parts.pop()
    return texts.get(FALL_BACK) or next(iter(texts.values()), "")


def _texts(given: Texts) -> dict[str, str]:
    found = {}
    for locale, text in dict(given).items():
        if not _LOCALE.fullmatch(locale):
            raise _wrong(f"{locale[:40]!r} is no locale.", "Write it like en, de or pt-BR.")
        tidy = " ".join(text.split())
        if len(tidy) > TEXT_LIMIT:
            raise _wrong(
                f"The text for {locale} has {len(tidy)} characters, {TEXT_LIMIT} are the most.",
                "Say it shorter: the answer first.",
            )
        if tidy:
            found[locale] = tidy
    return found


def _names(what: str, given: Sequence[str], pattern: re.Pattern[str], example: str) -> tuple[str, ...]:
    if len(given) > MOST_NAMES:
        raise _wrong(f"{len(given)} entries for {what}, {MOST_NAMES} are the most.", "Leave it out for all.")
    for name in given:
        if not pattern.fullmatch(name):
            raise _wrong(f"{name[:60]!r} is no {what}.", f"Write it {example}.")
    return tuple(dict.fromkeys(given))


def _wrong(message: str, hint: str) -> AppError:
    return AppError("bad_value", message, hint)
