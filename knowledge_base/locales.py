"""Which article is shown to a shopper in whose language none is written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

DEFAULT_LOCALE: Final = "en"
LOCALE: Final = re.compile(r"[a-z]{2,3}(?:-[A-Z]{2})?")


@dataclass(frozen=True, slots=True)
class FallBack:
    """For a locale, those whose articles stand in for its own; `declared` maps a locale to them, in order."""

    declared: Mapping[str, Sequence[str]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Raises `ValueError` that names what is no locale."""
        for locale in (*self.declared, *(name for chain in self.declared.values() for name in chain)):
            if not LOCALE.fullmatch(locale):
                raise ValueError(f"{locale!r} is no locale; write it like 'de' or 'pt-BR'")

    def of(self, locale: str) -> tuple[str, ...]:
        """The locale, its language, what is declared for either, then English."""
        language = locale.split("-")[0]
        chain = (*self.declared.get(locale, ()), *self.declared.get(language, ()))
        return tuple(dict.fromkeys((locale, language, *chain, DEFAULT_LOCALE)))
