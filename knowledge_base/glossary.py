"""The shop's glossary: what shoppers' words stand for, and the names of companies it is not."""

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from knowledge_base.frontmatter import Source, Tree, decoded

FILE: Final = "glossary.yml"
MAX_BYTES: Final = 200_000
_KEYS: Final = frozenset({"words", "elsewhere"})
_LONGEST: Final = 80


@dataclass(frozen=True)
class Glossary:
    """Meanings by the words they replace, both in small letters on the left side only."""

    words: Mapping[str, str]
    elsewhere: frozenset[str] = frozenset()

    def read(self, text: str, ours: Container[str]) -> str:
        """The text in the articles' words. A word in `ours`, those the articles use, is left as it is."""
        if not self.words:
            return text

        def meaning(match: re.Match[str]) -> str:
            word = " ".join(match.group().lower().split())
            return match.group() if word in ours else self.words[word]

        return self._words.sub(meaning, text)

    def explains(self, word: str) -> bool:
        """Whether a word (small letters) is in it."""
        return word in self.words

    def companies(self, text: str) -> tuple[str, ...]:
        """The other companies that a text names, in small letters."""
        if not self.elsewhere:
            return ()
        return tuple(dict.fromkeys(match.group().lower() for match in self._elsewhere.finditer(text)))

    @cached_property
    def _words(self) -> re.Pattern[str]:
        return _any_of(self.words)

    @cached_property
    def _elsewhere(self) -> re.Pattern[str]:
        return _any_of(self.elsewhere)


EMPTY: Final = Glossary({})


def read_glossary(shop_dir: Path) -> Glossary:
    """The glossary of a shop folder, empty where there is none. Raises `FormatError` or `OSError`."""
    path = shop_dir / FILE
    return parse_glossary(path.read_bytes()) if path.is_file() else EMPTY


def parse_glossary(data: bytes, file: str = FILE) -> Glossary:
    """The glossary in a file's bytes. Raises `FormatError` with the line that cannot be used."""
    source = Source(file)
    text = decoded(data, source, limit=MAX_BYTES)
    if not text.strip():
        return EMPTY
    tree = Tree.parse(text, source, keys=_KEYS, first_line=1)
    words: dict[str, str] = {}
    for name, meanings in tree.conditions("words"):
        line, word = tree.line_of_entry("words", name), " ".join(name.lower().split())
        if len(meanings) != 1 or len(meanings[0]) > _LONGEST:
            raise source.error(
                line, f"{len(meanings)} meanings of '{name}'", f"one, up to {_LONGEST} characters"
            )
        if not word or word in words:
            raise source.error(line, f"the word '{name}' twice", "each word once, whatever its case")
        words[word] = meanings[0]
    elsewhere = frozenset(name.lower() for name in tree.texts("elsewhere", limit=_LONGEST))
    return Glossary(words, elsewhere)


def _any_of(found: Iterable[str]) -> re.Pattern[str]:
    """Matches any of the phrases as whole words, the longest first, and never inside an address or a link."""
    longest_first = sorted(found, key=lambda phrase: (-len(phrase), phrase))
    either = "|".join(r"\s+".join(map(re.escape, phrase.split())) for phrase in longest_first)
    return re.compile(rf"(?<![\w&+/.@-])(?:{either})(?![\w&+/@-]|\.\w)", re.IGNORECASE)
