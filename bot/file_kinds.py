"""What a file is, by its content: a picture or a PDF, whole from its first byte, or nothing that is taken.

Names and declared types are anybody's claim. What is not exactly one of these forms (HTML with a picture
behind it, say) is none of them. The forms: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), WebP (RFC 9649),
PDF (ISO 32000).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from mmap import mmap
from types import MappingProxyType
from typing import Final

__all__ = ["ENDINGS", "TYPES", "Kind", "kind_of"]

Data = bytes | mmap
Size = tuple[int, int]

ENDINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "image/png": (".png",),
        "image/jpeg": (".jpg", ".jpeg"),
        "image/webp": (".webp",),
        "application/pdf": (".pdf",),
    }
)
TYPES: Final = tuple(ENDINGS)

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_JPEG_END: Final = b"\xff\xd9"
_JPEG_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_ALONE: Final = frozenset(range(0xD0, 0xDA)) | {0x00, 0x01}
_JPEG_SCAN: Final = 0xDA
_PDF_START: Final = re.compile(rb"%PDF-[12]\.[0-9]")
_PDF_TAIL: Final = 1024  # readers look for the end mark in so many last bytes


@dataclass(frozen=True, slots=True)
class Kind:
    """A type that is taken; a picture's width and height in pixels, as it says itself."""

    type: str
    width: int | None = None
    height: int | None = None


def kind_of(data: Data) -> Kind | None:
    """What the bytes are, or None for whatever is not taken."""
    for media_type, measure in _PICTURES.items():
        size = measure(data)
        if size is not None:
            width, height = size
            return Kind(media_type, width, height) if width > 0 and height > 0 else None
    return Kind("application/pdf") if _is_pdf(data) else None


def _png(data: Data) -> Size | None:
    """Chunk after chunk, from the header to an end that is the end of the file."""
    if data[:8] != _PNG or data[12:16] != b"IHDR":
        return None
    at, has_picture = 8, False
    while at + 12 <= len(data):
        length, name = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if name == b"IEND":
            whole = has_picture and length == 0 and at + 12 == len(data)
            return (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) if whole else None
        if not name.isalpha():
            return None
        has_picture = has_picture or name == b"IDAT"
        at += 12 + length
    return None


def _jpeg(data: Data) -> Size | None:
    """Segment after segment up to the picture, which has an end; phones write more behind that."""
    if data[:3] != _JPEG:
        return None
    at, size = 2, None
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:  # one may fill up with these
            at += 1
            continue
        length = int.from_bytes(data[at + 2 : at + 4])
        if marker in _JPEG_ALONE or length < 2:
            return None
        if marker == _JPEG_SCAN:
            return size if data.find(_JPEG_END, at + 2 + length) >= 0 else None
        if marker in _JPEG_FRAMES:
            size = int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        at += 2 + length
    return None


def _webp(data: Data) -> Size | None:
    """A RIFF of WebP that is as long as it says, with a first chunk of one of the three forms."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or len(data) < 30:
        return None
    if int.from_bytes(data[4:8], "little") + 8 != len(data):
        return None
    form = data[12:16]
    if form == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if form == b"VP8L" and data[20] == 0x2F:
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8 " and data[23:26] == b"\x9d\x01\x2a":
        return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF
    return None


def _is_pdf(data: Data) -> bool:
    tail = data[-_PDF_TAIL:]
    return bool(_PDF_START.match(data)) and b"%%EOF" in tail and b"startxref" in tail


_PICTURES: Final[Mapping[str, Callable[[Data], Size | None]]] = MappingProxyType(
    {"image/png": _png, "image/jpeg": _jpeg, "image/webp": _webp}
)
