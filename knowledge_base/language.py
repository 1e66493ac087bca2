"""The language of a message, named only when it is surely none the articles are written in."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Collection
from typing import Final

from lingua import IsoCode639_1, LanguageDetector, LanguageDetectorBuilder

from knowledge_base.lexical import STOP_WORDS, words

# What shoppers of a European or American shop may write in Latin letters; fewer languages, fewer false names.
_LATIN: Final = "en de fr es it nl pt pl cs sk sl hr hu ro sv da nb fi tr"
_SCRIPTS: Final = {
    "CYRILLIC": "uk ru bg sr mk be",
    "GREEK": "el",
    "ARABIC": "ar fa ur",
    "HEBREW": "he",
    "CJK": "zh",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
    "HANGUL": "ko",
    "THAI": "th",
    "DEVANAGARI": "hi mr",
    "GEORGIAN": "ka",
    "ARMENIAN": "hy",
    "BENGALI": "bn",
    "TAMIL": "ta",
}
MIN_WORDS: Final = 3
SURE: Final = 0.4
SURE_OF_FEW: Final = 0.75
MOST_WRITTEN: Final = 0.05
MOST_OURS: Final = 0.34
MOST_COMMON: Final = 0.75


class Languages:
    """Tells whether a message is in a language that no article is in. Thread-safe."""

    def __init__(self) -> None:
        self._latin = _detector(_LATIN.split())
        self._scripts = {name: _script_detector(codes) for name, codes in _SCRIPTS.items()}

    def foreign(
        self,
        message: str,
        written: Collection[str],
        *,
        ours: Callable[[str], bool],
        common: Callable[[str], bool],
    ) -> str | None:
        """The language code of a message that is surely in none of the `written` languages, else None.

        `ours` tells whether a word is one of the articles'; `common` whether the model has a token for it, as
        it has for most English words and few others. Fewer than three words in Latin letters are not judged.
        """
        script = _script(message)
        if script != "LATIN":
            return self._of_script(message, script, written)
        found = [part for word in words(message) for part in word.split("'") if part.isalpha()]
        if len(found) < MIN_WORDS:
            return None
        known = sum(ours(word) or word in STOP_WORDS for word in found)
        usual = sum(common(word) for word in found)
        if known > MOST_OURS * len(found) or usual > MOST_COMMON * len(found):
            return None
        values = self._latin.compute_language_confidence_values(message)
        scores = {value.language.iso_code_639_1.name.lower(): value.value for value in values}
        best = max(scores, key=lambda code: scores[code])
        sure = SURE if len(found) > MIN_WORDS else SURE_OF_FEW
        if scores[best] < sure or any(scores.get(code, 0.0) > MOST_WRITTEN for code in written):
            return None
        return best

    def _of_script(self, message: str, script: str, written: Collection[str]) -> str | None:
        codes = _SCRIPTS.get(script, "").split()
        if not codes or set(codes) & set(written):
            return None
        detector = self._scripts[script]
        language = detector.detect_language_of(message) if detector else None
        return language.iso_code_639_1.name.lower() if language else codes[0]


def _detector(codes: Collection[str]) -> LanguageDetector:
    languages = [IsoCode639_1.from_str(code.upper()) for code in codes]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*languages).with_low_accuracy_mode().build()


def _script_detector(codes: str) -> LanguageDetector | None:
    found = codes.split()
    return _detector(found) if len(found) > 1 else None


def _script(message: str) -> str:
    """The script most letters belong to; LATIN when there are none or it is mixed half and half."""
    letters = [char for char in message if char.isalpha()]
    counts = Counter(unicodedata.name(char, "LATIN").split()[0] for char in letters)
    if {"HIRAGANA", "KATAKANA"} & counts.keys():
        return "HIRAGANA"
    name, count = counts.most_common(1)[0] if counts else ("LATIN", 0)
    return name if count * 2 > len(letters) else "LATIN"
