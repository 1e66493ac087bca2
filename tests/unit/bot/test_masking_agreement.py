"""Browser and server mask alike: what one takes out of a text, the other takes out too."""

import json
import random
import subprocess
from collections.abc import Callable

import pytest

from bot.masking import mask
from scripts.setup import WEB, find_node

TEXTS = 600
ORDER = r"FH-\d{6}"
# The browser's masking, as esbuild reads it: all texts go in at once and come back masked.
IN_THE_BROWSER = """
import { text } from "node:stream/consumers";
import { build } from "esbuild";
const built = await build({ entryPoints: ["shared/masking.ts"], format: "esm", write: false });
const { mask } = await import(`data:text/javascript,${encodeURIComponent(built.outputFiles[0].text)}`);
const given = JSON.parse(await text(process.stdin));
process.stdout.write(JSON.stringify(given.map(([typed, order]) => mask(typed, order ?? undefined))));
"""
ONCE_APART = [
    "cvv [IBAN removed] 1 2 3",
    "cvv •••• 4242 1 2 3",
    "cvv " + "😀" * 20 + " 123",
    "xq07" + "1" * 95,
]
DIGITS = "0123456789"
GAPS = ["", "", "", " ", " ", "-", ".", "_", " - ", "\n", "\u00a0", "\u200b", "–", "     ", "      ", ", "]
CODE_NAMES = [
    *("cvv", "CVC2", "cvn", "csc", "security code", "Card Number", "3-digit code", "four digit number"),
    *("Sicherheits-Nummer", "Prüfziffer", "pruefcode", "Kartencode", "code de sécurité", "cryptogramme"),
    *("código de seguridad", "clave verificacion", "cvv2?", "IBAN", "iban:"),
]
WORDS = [
    *("is", "my", "the", "ist", "meine", "=", ": ", " (", "!", "?", ";", "€", "EUR ", "£", "%", " euros"),
    *(
        "order",
        "a",
        "de",
        "DE",
        "at61",
        "•••• 4242",
        "•••• 424",
        "•••",
        "[IBAN removed]",
        "[iban removed",
        "K",
    ),
    *(
        "12.11.2026",
        "2026-03-01",
        "31/12/1999",
        "FH-204817",
        "fh-2048171",
        "+49 151 23456789",
        "0043 1 58858",
    ),
    *(
        "1 2 3",
        "1-2-3-4",
        "129.90",
        "12,50",
        "¾",
        "①",
        "²",
        "４",
        "٤",
        "𝟒",
        "ﬁ",
        "İ",
        "ß",
        "·",
        "−",
        "😀",
        "😀😀" * 9,
    ),
]


def _grouped(chance: random.Random, characters: str) -> str:
    """The characters with gaps between them: none, one kind everywhere, or any."""
    gaps = chance.choice([[""], [chance.choice(GAPS)], GAPS, [*[""] * 20, *GAPS]])
    every = chance.choice([1, 4])
    return "".join(
        (chance.choice(gaps) if place and place % every == 0 else "") + character
        for place, character in enumerate(characters)
    )


def _digits(chance: random.Random, longest: int) -> str:
    return "".join(chance.choices(DIGITS, k=chance.randint(1, longest)))


def _card(chance: random.Random) -> str:
    body = chance.choice("123456789") + "".join(chance.choices(DIGITS, k=chance.randint(11, 18)))
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in body[::-2])
    check = -(sum(doubled) + sum(int(digit) for digit in body[-2::-2])) % 10
    return _grouped(chance, body + str((check + chance.choice([0, 0, 0, 1])) % 10))


def _iban(chance: random.Random) -> str:
    country, length = chance.choice([("de", 22), ("at", 20), ("no", 15), ("GB", 22), ("mt", 31), ("xq", 20)])
    kinds = chance.choice([DIGITS, DIGITS, DIGITS + "abcXYZ"])
    number = "".join(chance.choices(kinds, k=length - 4))
    as_digits = "".join(str(int(char, 36)) for char in number + country)
    check = 98 - int(as_digits + "00") % 97
    return _grouped(chance, f"{country}{check + chance.choice([0, 0, 0, 1]):02}{number}")


def _typed(chance: random.Random) -> str:
    """Something somebody might type: secrets, what looks like one, and what stands around them."""
    makers: list[Callable[[random.Random], str]] = [
        _card,
        _iban,
        lambda chance: chance.choice(CODE_NAMES),
        lambda chance: chance.choice(WORDS),
        lambda chance: _digits(chance, 4),
        lambda chance: _grouped(chance, _digits(chance, 24)),
    ]
    weights = [2, 2, 3, 5, 3, 2]
    pieces = chance.choices(makers, weights, k=chance.randint(1, 8))
    return "".join(make(chance) + chance.choice(["", " ", " ", chance.choice(GAPS)]) for make in pieces)


@pytest.fixture(scope="module")
def texts() -> list[tuple[str, str | None]]:
    chance = random.Random(20260301)  # noqa: S311 - the same texts every time is what is wanted
    drawn = [(_typed(chance), chance.choice([None, None, ORDER])) for _ in range(TEXTS)]
    return [(text, None) for text in ONCE_APART] + drawn


@pytest.fixture(scope="module")
def masked_in_the_browser(texts: list[tuple[str, str | None]]) -> list[str]:
    done = subprocess.run(
        ["node", "--input-type=module", "--eval", IN_THE_BROWSER],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=WEB,
        env={"PATH": find_node().path},
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    masked: list[str] = json.loads(done.stdout)
    return masked


def test_browser_and_server_mask_alike(
    texts: list[tuple[str, str | None]], masked_in_the_browser: list[str]
) -> None:
    pairs = zip(texts, masked_in_the_browser, strict=True)
    apart = [
        (text, order, here, mask(text, order)) for (text, order), here in pairs if here != mask(text, order)
    ]
    assert apart == []


def test_the_texts_hold_enough_of_every_secret_and_enough_of_none(
    texts: list[tuple[str, str | None]],
) -> None:
    masked = [(text, mask(text, order)) for text, order in texts]
    for put in ("•••• ", "[IBAN removed]"):
        assert sum(after.count(put) > text.count(put) for text, after in masked) > TEXTS / 10, put
    assert (
        sum(after.replace("•••• ", "").count("•••") > text.count("•••") for text, after in masked)
        > TEXTS / 10
    )
    assert sum(after == text for text, after in masked) > TEXTS / 10
