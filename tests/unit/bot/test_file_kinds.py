"""What a file is, by its bytes alone."""

import mmap
import tempfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.file_kinds import Kind, kind_of
from tests.files import HTML, PNG_START, chunk, jpeg, pdf, png, webp

WHOLE = {"png": png(), "jpeg": jpeg(), "webp": webp(), "pdf": pdf()}


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (png(7, 5), Kind("image/png", 7, 5)),
        (png(padding=100_000), Kind("image/png", 2, 1)),
        (jpeg(), Kind("image/jpeg", 3, 2)),
        (webp(b"VP8X"), Kind("image/webp", 5, 4)),
        (webp(b"VP8L"), Kind("image/webp", 5, 4)),
        (webp(b"VP8 "), Kind("image/webp", 5, 4)),
        (pdf(), Kind("application/pdf")),
    ],
)
def test_what_is_taken_is_known_by_its_content(data: bytes, kind: Kind) -> None:
    assert kind_of(data) == kind


def test_a_file_on_the_disk_is_read_like_bytes() -> None:
    for data in WHOLE.values():
        with tempfile.TemporaryFile() as file:
            file.write(data)
            file.flush()
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
                assert kind_of(mapped) == kind_of(data) is not None


@pytest.mark.parametrize("name", WHOLE)
def test_html_in_front_makes_it_nothing_that_is_taken(name: str) -> None:
    assert kind_of(HTML + WHOLE[name]) is None


@pytest.mark.parametrize("name", ["png", "webp"])
def test_html_behind_a_picture_is_not_taken_where_the_end_is_known(name: str) -> None:
    assert kind_of(WHOLE[name] + HTML) is None


def test_what_phones_write_behind_a_jpeg_is_taken() -> None:
    assert kind_of(jpeg() + b"MotionPhoto_Data" + bytes(2000)) == Kind("image/jpeg", 3, 2)


@pytest.mark.parametrize("name", WHOLE)
def test_a_file_cut_short_is_not_taken(name: str) -> None:
    data = WHOLE[name]
    for length in range(len(data) - 8):
        assert kind_of(data[:length]) is None, length


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HTML,
        b"GIF89a" + bytes(100),
        b"PK\x03\x04" + bytes(100),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\x7fELF" + bytes(100),
        PNG_START,
        PNG_START + chunk(b"IHDR", bytes(13)) + chunk(b"IEND", b""),  # no picture in it
        PNG_START + chunk(b"IHDR", bytes(13)) + chunk(b"IDAT", b"") + chunk(b"IEND", b""),  # of no size
        png().replace(b"IDAT", b"ID\x00T"),
        b"\xff\xd8\xff\xd9",
        jpeg().replace(b"\xff\xc0", b"\xff\xe1"),  # no frame
        b"%PDF-1.7\n" + HTML,  # no end
        b"%PDF-x.y\n%%EOF\nstartxref",
        webp().replace(b"WEBP", b"WAVE"),
    ],
)
def test_what_is_something_else_is_nothing(data: bytes) -> None:
    assert kind_of(data) is None


@given(
    st.binary(max_size=300),
    st.sampled_from([b"", PNG_START, b"\xff\xd8\xff", b"RIFF\x00\x00\x00\x00WEBP", b"%PDF-1.4"]),
)
def test_no_bytes_make_it_fail(data: bytes, start: bytes) -> None:
    assert kind_of(start + data) is None or len(data) > 8
