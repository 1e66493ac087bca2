"""What a file is called: a name that is safe to show, to keep and to download under, whatever was given."""

import re
import unicodedata
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from bot.file_kinds import ENDINGS

__all__ = ["NAME_CHARS", "attachment", "clean_name"]

NAME_CHARS: Final = 120
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_NOT_IN_NAMES: Final = re.compile(r'[<>:"|?*]')
_NOT_QUOTED: Final = re.compile(r"[^ !#$&+.0-9A-Z^_`a-z{}~()@,=\[\]-]")


def clean_name(given: str, media_type: str, mask: Callable[[str], str]) -> str:
    """The last part of a path, masked, without what cannot be seen, with the ending of its type.

    The ending is the content's, so that `invoice.pdf.exe` which is a picture is kept as
    `invoice.pdf.exe.png`. Characters that turn the direction of writing are among the unseen ones.
    """
    last = re.split(r"[/\\]", given)[-1]
    seen = "".join(_seen(char) for char in unicodedata.normalize("NFC", last))
    tidy = mask(" ".join(_NOT_IN_NAMES.sub("_", seen).split()))
    endings = ENDINGS[media_type]
    ending = next((known for known in endings if tidy.lower().endswith(known)), "")
    stem = tidy[: len(tidy) - len(ending)].strip(". ") or ("document" if "pdf" in media_type else "picture")
    ending = ending or endings[0]
    return stem[: NAME_CHARS - len(ending)].rstrip(". ") + ending


def attachment(name: str) -> str:
    """`Content-Disposition` for a clean name, by RFC 6266: in ASCII, and as it is."""
    return f"attachment; filename=\"{_NOT_QUOTED.sub('_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"


def _seen(char: str) -> str:
    kind = unicodedata.category(char)
    if char in "\t\r\n" or kind[0] == "Z":
        return " "
    return "" if kind in _UNSEEN else char
