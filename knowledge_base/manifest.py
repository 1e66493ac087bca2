"""What an index folder says of itself, sealed so that one changed byte is seen."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

FORMAT: Final = 2
_SEAL: Final = "seal"


class BadIndexError(Exception):
    """An index that must not be used; the text says what was seen, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """One version of the index. `checksums` holds the SHA-256 of each of its files.

    `content` is the hash of what the vectors were made from, `texts` of the articles word for word.
    """

    version: int
    written_at: str
    model: str
    dimension: int
    content: str
    texts: str
    articles: int
    questions: int
    fit_version: int
    checksums: Mapping[str, str]
    format: int = FORMAT

    def dump(self) -> bytes:
        """The one way in which its file is written."""
        return sealed(asdict(self))

    @classmethod
    def load(cls, data: bytes) -> "Manifest":
        """From the bytes of `dump`. Raises `ValueError` that says what was seen."""
        found = parsed(data)
        if found.get("format") != FORMAT:
            raise ValueError(f"has format {found.get('format')!r}, this program reads {FORMAT}")
        try:
            return cls(**unsealed(data))
        except TypeError as error:
            raise ValueError(f"has other fields ({error})") from error


def sealed(fields: Mapping[str, Any]) -> bytes:
    """JSON with a checksum of itself."""
    plain = json.dumps(fields, indent=1, sort_keys=True)
    seal = checksum(plain.encode())
    return (json.dumps({**fields, _SEAL: seal}, indent=1, sort_keys=True) + "\n").encode()


def unsealed(data: bytes) -> dict[str, Any]:
    """The fields, if these are the very bytes that `sealed` wrote. Raises `ValueError` when they are not."""
    found = parsed(data)
    found.pop(_SEAL, None)
    if sealed(found) != data:
        raise ValueError("was changed since it was written: its seal does not fit")
    return found


def parsed(data: bytes) -> dict[str, Any]:
    """The object in a JSON file. Raises `ValueError` that shows what is there instead."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"is not JSON but {data[:40]!r}") from error
    if not isinstance(found, dict):
        raise ValueError(f"is not a JSON object but {data[:40]!r}")
    return found


def checksum(data: bytes) -> str:
    """SHA-256, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()
