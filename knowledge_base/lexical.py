"""Words: cleaning a message, repairing typos against the knowledge base's own words, BM25."""

import html
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from knowledge_base.glossary import EMPTY, Glossary

MAX_CHARACTERS: Final = 2_000
MAX_WORDS: Final = 120
# One question is read up to a dozen times, and shoppers ask the same.
REMEMBERED: Final = 1_024
# Articles hold typos on purpose. A word of theirs that the model does not know, this long and this rare, is
# repaired in questions all the same where one edit makes it a word so many times as frequent. Shorter ones
# are too often words of their own: "wifi" is no "wife".
LEAST_LETTERS: Final = 6
RARE: Final = 3
SURELY_MEANT: Final = 10
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
# What is no text, and tags that part no words: "how lo<b>ng" is read as a browser shows it.
_NO_TEXT: Final = re.compile(r"<(script|style)\b[^<>]{0,200}>.{0,2000}?</\1\s*>", re.IGNORECASE | re.DOTALL)
_INLINE: Final = re.compile(
    r"</?(?:a|abbr|b|big|code|del|em|font|i|ins|mark|s|small|span|strike|strong|sub|sup|tt|u|wbr)"
    r"(?:\s[^<>]{0,200})?/?>",
    re.IGNORECASE,
)
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_STOP: Final = """
a about am an and any are as at be been but by can could did do does for from get got had has have hello help
hey hi how i i'd i'll i'm i've if in into is it it's its just me my need no not of on or our please pls plz
so some than thanks that the their them then there these they this those to too u up us want was we were what
when where which who why will with would you your
"""
STOP_WORDS: Final = frozenset(_STOP.split())


def clean(message: str) -> str:
    """The message as words for people: no tags, control or zero-width characters, no endless repetition."""
    if len(message) > MAX_CHARACTERS * 2:
        message = message[: MAX_CHARACTERS * 2].rpartition(" ")[0] or message[:MAX_CHARACTERS]
    text = unicodedata.normalize("NFKC", message)
    text = _NO_TEXT.sub(" ", html.unescape(text))
    text = _TAG.sub(" ", _INLINE.sub("", text))
    if not (text.isascii() and text.isprintable()):
        text = "".join(char if _visible(char) else (" " if char.isspace() else "") for char in text)
    return " ".join(_unrepeated(text.split())[:MAX_WORDS])[:MAX_CHARACTERS]


def words(text: str) -> list[str]:
    """The words of a text in small letters, in order; digits count, punctuation does not."""
    return _WORD.findall(text.lower().replace("’", "'"))


@lru_cache(maxsize=REMEMBERED)
def terms(text: str) -> tuple[str, ...]:
    """What BM25 counts: stems of the words that carry meaning."""
    return tuple(stem(word) for word in words(text) if word not in STOP_WORDS)


def stem(word: str) -> str:
    """A crude English stem: enough to join `deliver`, `delivery`, `delivered` and `deliveries`."""
    word = word.removesuffix("'s")
    for ending, rest in (("ies", "y"), ("ied", "y"), ("ing", ""), ("ed", ""), ("es", ""), ("s", "")):
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not word.endswith("ss"):
            word = word[: -len(ending)] + rest
            break
    for ending in ("y", "e"):
        if len(word) > 4:
            word = word.removesuffix(ending)
    return word


class Speller:
    """Puts a message in the knowledge base's words: by its glossary, then repairing what nobody knows."""

    def __init__(self, counts: Mapping[str, int], known: Collection[str], glossary: Glossary = EMPTY) -> None:
        """`counts` are the knowledge base's words; `known` are other words to leave alone."""
        self.counts = counts
        self.glossary = glossary
        self._known = known
        self._by_shape: dict[tuple[str, int], list[tuple[int, str]]] = {}
        for word in sorted(counts):
            if len(word) >= 3 and word.isalpha():
                self._by_shape.setdefault((word[0], len(word)), []).append((_letters(word), word))
        self._repairs: dict[str, str] = {}

    def repaired(self, text: str) -> str:
        """The text with its typos repaired; the same text when there are none."""
        return _WORD.sub(lambda match: self._word(match.group()), self.glossary.read(text, self.counts))

    def knows(self, word: str) -> bool:
        """Whether a word (small letters) is an article's or the model's."""
        return word in self.counts or word in self._known

    def means_ours(self, word: str) -> bool:
        """Whether a word (small letters) is one of the knowledge base's, as it stands or repaired."""
        if word in self.counts or self.glossary.explains(word):
            return True
        return self._word(word).split()[0] in self.counts

    def _word(self, word: str) -> str:
        low = word.lower()
        if len(low) < 4 or not low.isalpha() or (self.knows(low) and not self._doubtful(low)):
            return word
        if low not in self._repairs:
            if len(self._repairs) > 20_000:
                self._repairs.clear()
            self._repairs[low] = self._nearest(low)
        repaired = self._repairs[low]
        return word if repaired == low and low in self.counts else repaired

    def _doubtful(self, word: str) -> bool:
        """Whether a word of ours may be a typo."""
        long = len(word) >= LEAST_LETTERS
        return long and word not in self._known and self.counts.get(word, 0) <= RARE

    def _nearest(self, word: str) -> str:
        ours = self.counts.get(word, 0)
        limit = 1 if len(word) < 7 or ours else 2
        found: list[tuple[int, int, str]] = []
        for other in self._alike(word, limit):
            if self.counts[other] < SURELY_MEANT * ours or (ours and stem(other) == stem(word)):
                continue
            distance = edits(word, other, limit)
            if distance <= limit:
                found.append((distance, -self.counts[other], other))
        if found:
            return min(found)[2]
        return word if ours else self._cut(word) or word

    def _alike(self, word: str, limit: int) -> Iterator[str]:
        """Words that may be up to `limit` edits away: an edit brings in and takes out one letter at most."""
        letters = _letters(word)
        for first in {word[0], word[1]}:
            for length in range(len(word) - limit, len(word) + limit + 1):
                for others, other in self._by_shape.get((first, length), ()):
                    here, there = letters & ~others, others & ~letters
                    if here.bit_count() <= limit and there.bit_count() <= limit:
                        yield other

    def _cut(self, word: str) -> str | None:
        """Two known words that were written as one."""
        for at in range(3, len(word) - 2):
            left, right = word[:at], word[at:]
            if left in self.counts and right in self.counts:
                return f"{left} {right}"
        return None


def _letters(word: str) -> int:
    """The set of the letters as bits; letters that share a bit only make it say less."""
    found = 0
    for letter in word:
        found |= 1 << (ord(letter) & 63)
    return found


def edits(one: str, other: str, limit: int) -> int:
    """Damerau-Levenshtein distance (optimal string alignment), or `limit` + 1 once it is larger."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, a in enumerate(one, start=1):
        row = [i]
        for j, b in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, last = last, row
    return last[-1]


class Bm25:
    """Okapi BM25 over one bag of terms for each article."""

    def __init__(self, bags: Sequence[Mapping[str, int]], *, k1: float = 1.2, b: float = 0.5) -> None:
        self._k1, self._b = k1, b
        lengths = np.array([sum(bag.values()) for bag in bags], dtype=np.float64)
        self._mean = float(lengths.mean()) if len(bags) else 1.0
        self._norms = k1 * (1 - b + b * lengths / max(self._mean, 1.0))
        frequency = Counter(term for bag in bags for term in bag)
        self._idf = {
            term: math.log(1 + (len(bags) - count + 0.5) / (count + 0.5)) for term, count in frequency.items()
        }
        self._unseen = math.log(1 + 2 * (len(bags) + 0.5))
        self._size = len(bags)
        # One after the other the rows each term is in, and what it adds there.
        numbers = {term: number for number, term in enumerate(self._idf)}
        held = np.array([numbers[term] for bag in bags for term in bag], dtype=np.int64)
        order = np.argsort(held, kind="stable")
        rows = np.repeat(np.arange(len(bags)), [len(bag) for bag in bags])
        self._rows = rows[order]
        counts = np.array([count for bag in bags for count in bag.values()], dtype=np.float64)[order]
        idf = np.array(list(self._idf.values()))[held[order]]
        self._gains = idf * counts * (k1 + 1) / (counts + self._norms[self._rows])
        ends = np.cumsum(list(frequency.values())).tolist()
        self._postings = {
            term: slice(end - frequency[term], end) for term, end in zip(self._idf, ends, strict=True)
        }

    def scores(self, query: Collection[str]) -> NDArray[np.float64]:
        """The score of every article for the terms of a question."""
        total = np.zeros(self._size)
        for term in set(query):
            if term in self._postings:
                at = self._postings[term]
                total[self._rows[at]] += self._gains[at]
        return total

    def score_bag(self, query: Collection[str], bag: Mapping[str, int]) -> float:
        """The score of a bag that is not in the collection, such as an article without one question."""
        length = sum(bag.values())
        norm = self._k1 * (1 - self._b + self._b * length / max(self._mean, 1.0))
        return sum(
            self._idf.get(term, self._unseen) * bag[term] * (self._k1 + 1) / (bag[term] + norm)
            for term in set(query)
            if bag.get(term)
        )

    def ceiling(self, query: Collection[str]) -> float:
        """What no article can score more than: every term of the question, as often as one likes."""
        found = sum(self.weights(query).values())
        return max(found * (self._k1 + 1), 1e-9)

    def weights(self, query: Collection[str]) -> dict[str, float]:
        """The information (inverse document frequency) of each term of a question."""
        return {term: self._idf.get(term, self._unseen) for term in set(query)}


def explained(weights: Mapping[str, float], bag: Mapping[str, int]) -> tuple[float, float]:
    """The share of the terms' weight that is in the bag, and how much."""
    whole = sum(weights.values())
    held = sum(weight for term, weight in weights.items() if bag.get(term))
    return (held / whole if whole else 0.0), held


def _visible(char: str) -> bool:
    return unicodedata.category(char)[0] != "C" and not ("\ufe00" <= char <= "\ufe0f")


def _unrepeated(found: list[str]) -> list[str]:
    """One period of a word list that only repeats itself; found with the prefix function of KMP."""
    if len(found) < 8:
        return found
    prefix = [0] * len(found)
    for i in range(1, len(found)):
        k = prefix[i - 1]
        while k and found[i] != found[k]:
            k = prefix[k - 1]
        prefix[i] = k + 1 if found[i] == found[k] else k
    period = len(found) - prefix[-1]
    return found[:period] if period * 3 <= len(found) else found
