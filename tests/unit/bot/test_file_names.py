"""A name that is safe to show, to keep and to download under."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.file_kinds import ENDINGS
from bot.file_names import NAME_CHARS, attachment, clean_name
from bot.masking import mask

PNG, JPEG, PDF = "image/png", "image/jpeg", "application/pdf"


@pytest.mark.parametrize(
    ("given", "kind", "name"),
    [
        ("receipt.pdf", PDF, "receipt.pdf"),
        ("Foto vom Päckchen.JPEG", JPEG, "Foto vom Päckchen.jpeg"),
        ("../../etc/passwd", PDF, "passwd.pdf"),
        ("..\\..\\windows\\system.ini", PNG, "system.ini.png"),
        ("/etc/cron.d/", PDF, "document.pdf"),
        ("..", PNG, "picture.png"),
        (".pdf", PDF, "document.pdf"),
        ("", JPEG, "picture.jpg"),
        ("invoice.pdf.exe", PNG, "invoice.pdf.exe.png"),
        ("photo.png", JPEG, "photo.png.jpg"),
        ("a\x00b\r\nSet-Cookie: x=1.pdf", PDF, "ab Set-Cookie_ x=1.pdf"),
        ("receipt\u202efdp.exe", PDF, "receiptfdp.exe.pdf"),  # would be shown as receiptexe.pdf
        ('a"b<c>d|e?f*g:h.pdf', PDF, "a_b_c_d_e_f_g_h.pdf"),
        ("  .hidden  file . .pdf", PDF, "hidden file.pdf"),
        ("4242 4242 4242 4242.pdf", PDF, "•••• 4242.pdf"),
        ("4242:4242:4242:4242.pdf", PDF, "•••• 4242.pdf"),
        ("\ud800broken.pdf", PDF, "broken.pdf"),
    ],
)
def test_a_name_is_cleaned(given: str, kind: str, name: str) -> None:
    assert clean_name(given, kind, mask) == name


def test_a_name_of_ten_thousand_characters_is_cut_and_keeps_its_ending() -> None:
    name = clean_name("x" * 10_000 + ".pdf", PDF, mask)
    assert len(name) == NAME_CHARS
    assert name.endswith("x.pdf")


@given(st.text(max_size=300), st.sampled_from(list(ENDINGS)))
def test_whatever_is_given_the_name_is_short_on_one_line_and_no_path(text: str, kind: str) -> None:
    name = clean_name(text, kind, mask)
    assert 0 < len(name) <= NAME_CHARS
    assert name.endswith(ENDINGS[kind])
    assert not set(name) & set('/\\\r\n\x00"')
    assert not name.startswith(".")
    assert clean_name(name, kind, mask) == name
    attachment(name).encode("ascii")


def test_the_header_names_the_file_in_ascii_and_as_it_is() -> None:
    assert attachment("Päckchen 1.pdf") == (
        "attachment; filename=\"P_ckchen 1.pdf\"; filename*=UTF-8''P%C3%A4ckchen%201.pdf"
    )
