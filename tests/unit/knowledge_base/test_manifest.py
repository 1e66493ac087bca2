"""What an index says of itself: the very bytes that were written, or nothing."""

import json

import pytest

from knowledge_base.manifest import FORMAT, Manifest, sealed, unsealed

MANIFEST = Manifest(
    version=3,
    written_at="2026-01-02T03:04:05+00:00",
    model="m",
    dimension=4,
    content="c",
    texts="t",
    articles=2,
    questions=3,
    fit_version=1,
    checksums={"fit.json": "0" * 64},
)


def test_a_manifest_comes_back_as_it_was():
    assert Manifest.load(MANIFEST.dump()) == MANIFEST


def test_what_is_sealed_comes_back():
    assert unsealed(sealed({"b": [1], "a": None})) == {"a": None, "b": [1]}


@pytest.mark.parametrize("flip", [0x01, 0x20, 0x80, 0xFF])
def test_no_byte_of_it_can_change_unseen(flip):
    data = MANIFEST.dump()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= flip
        with pytest.raises(ValueError, match=r"seal|is not|has format"):
            Manifest.load(bytes(changed))


def test_another_format_is_named():
    with pytest.raises(ValueError, match=f"has format 99, this program reads {FORMAT}"):
        Manifest.load(sealed({"format": 99}))


def test_a_manifest_of_the_first_format_is_named_as_such():
    with pytest.raises(ValueError, match="has format 1"):
        Manifest.load(json.dumps({"format": 1, "model": "m"}).encode())


def test_missing_fields_are_refused_though_the_seal_fits():
    with pytest.raises(ValueError, match="has other fields"):
        Manifest.load(sealed({"format": FORMAT}))


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"00000012", b"\xff", b"[" * 100_000])
def test_what_is_no_json_object_is_shown(data):
    with pytest.raises(ValueError, match="is not"):
        unsealed(data)
