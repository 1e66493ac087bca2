"""Small files of every kind that is taken, made by hand, and some that only pretend."""

import struct
import zlib

PNG_START = b"\x89PNG\r\n\x1a\n"
HTML = b"<!doctype html><script>alert(1)</script>"


def png(width: int = 2, height: int = 1, padding: int = 0) -> bytes:
    """A picture that every browser shows; `padding` bytes of text make it larger."""
    rows = b"".join(b"\x00" + b"\x20\x80\x60" * width for _ in range(height))
    text = chunk(b"tEXt", b"Comment\x00" + b"x" * padding) if padding else b""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + text + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return PNG_START + body


def chunk(name: bytes, data: bytes) -> bytes:
    """One chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(width: int = 3, height: int = 2) -> bytes:
    """The segments of a JPEG, with a picture of nothing."""
    info = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"
    return b"\xff\xd8" + info + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\x34\xff\xd9"


def webp(form: bytes = b"VP8X") -> bytes:
    """A WebP of 5 by 4 in one of its three forms."""
    data = {
        b"VP8X": bytes(4) + (4).to_bytes(3, "little") + (3).to_bytes(3, "little"),
        b"VP8L": b"\x2f" + (4 | 3 << 14).to_bytes(4, "little") + bytes(5),
        b"VP8 ": bytes(3) + b"\x9d\x01\x2a" + struct.pack("<HH", 5, 4),
    }[form]
    body = b"WEBP" + form + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def pdf(words: bytes = b"") -> bytes:
    """The least that readers open as a PDF."""
    return (
        b"%PDF-1.7\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n" + words + b"\n2 0 obj\n"
        b"<</Type/Pages/Kids[]/Count 0>>\nendobj\ntrailer\n<</Root 1 0 R>>\nstartxref\n0\n%%EOF\n"
    )
