"""The index on disk: whole or refused with the reason, the last few kept, any of them live again."""

import datetime as dt
import json
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from knowledge_base.durable import alone
from knowledge_base.index import Entry, Index
from knowledge_base.manifest import BadIndexError, Manifest, sealed, unsealed
from knowledge_base.versions import KEPT, POINTER, TEXTS, Hold, Versions

ENTRIES = (Entry("a", ("one", "two"), ("first",)), Entry("b", ("three",), ()))
VECTORS = {text: np.eye(4, dtype=np.float32)[n] for n, text in enumerate(("one", "two", "three", "first"))}
NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
HERE = Path(__file__).parent
HOLD = Hold("2026-01-03T00:00:00+00:00", "files")


@contextmanager
def full_disk(limit_bytes: int) -> Iterator[None]:
    """No file may grow beyond `limit_bytes`: the system refuses to write, as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handled = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handled)


def save(versions, version=1, texts=None, model="m", files=None):
    files = {TEXTS: (texts or f"texts {version}").encode(), **(files or {"fit.json": b"{}"})}
    index = Index(ENTRIES, VECTORS, 4)
    return versions.save(index, model=model, version=version, at=NOW, files=files, fit_version=2)


def numbers(versions):
    return [kept.version for kept in versions.kept()]


def current(versions, **wanted):
    return versions.open(versions.pointer(), **wanted)


@pytest.fixture
def versions(tmp_path):
    """Two versions, the second live."""
    versions = Versions(tmp_path / "index")
    save(versions, 3)
    save(versions, 4)
    return versions


def test_what_was_kept_comes_back(versions):
    stored = current(versions, model="m", dimension=4)
    assert stored.manifest.version == 4
    assert stored.manifest.written_at == "2026-01-02T03:04:05+00:00"
    assert (stored.manifest.articles, stored.manifest.questions, stored.manifest.fit_version) == (2, 3, 2)
    assert stored.read("fit.json") == b"{}"
    assert stored.read("nothing") == b""
    found = stored.vectors_for(ENTRIES)
    assert found.keys() == VECTORS.keys()
    assert all(np.array_equal(found[text], vector) for text, vector in VECTORS.items())


def test_an_index_of_nothing_is_kept_too(tmp_path):
    versions = Versions(tmp_path)
    versions.save(Index((), {}, 4), model="m", version=1, at=NOW, files={})
    assert current(versions, model="m", dimension=4).vectors_for(()) == {}


def test_vectors_are_not_given_to_other_articles(versions):
    assert current(versions).vectors_for(ENTRIES[:1]) == {}


@pytest.mark.parametrize("flip", [0x01, 0x80])
def test_a_changed_byte_anywhere_is_refused_with_the_file_that_has_it(versions, flip):
    """Every byte of every file, one after the other."""
    folder = versions.folder / "00000004"
    changed = 0
    for path in (*sorted(folder.iterdir()), versions.folder / POINTER):
        data = path.read_bytes()
        for at in range(len(data)):
            path.write_bytes(data[:at] + bytes([data[at] ^ flip]) + data[at + 1 :])
            with pytest.raises(BadIndexError, match=path.name) as refused:
                current(versions)
            assert "Build it: python -m knowledge_base build" in str(refused.value)
            assert "\n" not in str(refused.value)
            changed += 1
        path.write_bytes(data)
    assert changed > 1_000
    assert current(versions).vectors_for(ENTRIES)


def test_a_file_cut_short_anywhere_is_refused(versions):
    folder = versions.folder / "00000004"
    for path in (*sorted(folder.iterdir()), versions.folder / POINTER):
        data = path.read_bytes()
        for length in range(len(data)):
            path.write_bytes(data[:length])
            with pytest.raises(BadIndexError, match=path.name):
                current(versions)
        path.write_bytes(data)


def test_a_missing_file_is_refused_by_name(versions):
    for path in sorted((versions.folder / "00000004").iterdir()):
        away = path.rename(versions.folder / "away")
        with pytest.raises(BadIndexError, match=f"{path.name} cannot be read"):
            current(versions)
        away.rename(path)


def test_a_missing_index_names_the_command(tmp_path):
    with pytest.raises(BadIndexError, match=r"No index at .* python -m knowledge_base build"):
        Versions(tmp_path / "nowhere").pointer()


def test_an_index_of_another_model_is_refused(versions):
    with pytest.raises(BadIndexError, match="built with model m, now it is n"):
        current(versions, model="n")


def test_an_index_of_another_dimension_is_refused(versions):
    with pytest.raises(BadIndexError, match="vectors of 4 dimensions, the model gives 384"):
        current(versions, model="m", dimension=384)


def test_an_index_of_another_format_is_refused(versions):
    path = versions.folder / "00000004" / "manifest.json"
    path.write_bytes(sealed(unsealed(path.read_bytes()) | {"format": 99}))
    with pytest.raises(BadIndexError, match="has format 99, this program reads"):
        current(versions)


def test_the_manifest_of_another_version_is_refused_though_it_is_whole(versions):
    other = (versions.folder / "00000003" / "manifest.json").read_bytes()
    (versions.folder / "00000004" / "manifest.json").write_bytes(other)
    with pytest.raises(BadIndexError, match="is of version 3"):
        current(versions)


def test_what_a_crash_leaves_half_written_is_not_seen_and_goes_with_the_next_version(versions):
    staged = versions.folder / ".00000005.4711"
    staged.mkdir()
    (staged / "questions.faiss").write_bytes(b"half")
    (versions.folder / f".{POINTER}.4711").write_bytes(b"half")
    # The crash may also come after the folder has its name and before it is pointed at.
    complete = versions.folder / "00000006"
    complete.mkdir()
    (complete / "manifest.json").write_bytes(b"{}")
    assert current(versions).manifest.version == 4
    assert save(versions, 5).version == 7
    assert sorted(path.name for path in versions.folder.iterdir()) == [
        ".lock", "00000003", "00000004", "00000007", POINTER,
    ]  # fmt: skip


SAVING = """
import sys
from pathlib import Path
sys.path[:0] = [{tests!r}]
from test_versions import Versions, save
versions = Versions(Path({folder!r}))
print("ready", flush=True)
number = 4
while True:
    number += 1
    save(versions, number, files={{"fit.json": b"x" * 2_000_000}})
"""


@pytest.mark.parametrize("after_s", [0.0, 0.013, 0.05, 0.11])
def test_a_process_killed_while_it_writes_leaves_a_whole_version(versions, after_s):
    script = SAVING.format(tests=str(HERE), folder=str(versions.folder))
    writing = subprocess.Popen([sys.executable, "-c", script], cwd=HERE.parents[2], stdout=subprocess.PIPE)
    assert writing.stdout is not None
    with writing.stdout:
        assert writing.stdout.readline() == b"ready\n"
        with suppress(subprocess.TimeoutExpired):
            writing.wait(after_s)
        writing.kill()
        writing.wait()
    stored = current(versions, model="m")
    assert stored.manifest.version >= 4
    assert stored.vectors_for(ENTRIES)
    assert save(versions, 5).version > stored.manifest.version


@pytest.mark.parametrize("limit_bytes", [0, 10, 100, 500])
def test_a_full_disk_leaves_the_version_before(versions, limit_bytes):
    with full_disk(limit_bytes), pytest.raises(OSError, match="File too large"):
        save(versions, 5)
    assert current(versions).manifest.version == 4
    assert not list(versions.folder.glob(".0*"))
    assert save(versions, 5).version == 5


def test_a_folder_that_cannot_be_made_is_an_os_error(tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(OSError, match="Not a directory"):
        save(Versions(tmp_path / "file" / "index"))


def test_two_processes_never_write_at_once(versions):
    held = ".lock"
    with alone(versions.folder / held), pytest.raises(TimeoutError, match="another process"):  # noqa: SIM117
        with alone(versions.folder / held, timeout_s=0.05):
            pass
    assert save(versions, 5).version == 5


def test_a_number_that_is_taken_is_not_given_twice(versions):
    assert save(versions, 2).version == 5


def test_only_the_last_few_are_kept(versions):
    for version in range(5, 12):
        save(versions, version)
    assert numbers(versions) == list(range(12 - KEPT, 12))


def test_the_same_articles_fitted_again_take_the_place_of_those_before(versions):
    save(versions, 5, texts="texts 4")
    assert numbers(versions) == [3, 5]


def test_going_back_makes_the_one_before_live_and_says_so(versions):
    assert versions.back(None, HOLD).version == 3
    assert versions.pointer().hold == HOLD
    assert current(versions).manifest.version == 3
    assert [(kept.live, kept.held) for kept in versions.kept()] == [(True, True), (False, False)]


def test_one_can_go_back_again_and_forward(versions):
    save(versions, 5)
    versions.back(None, HOLD)
    assert versions.back(None, HOLD).version == 3
    assert versions.back(5, HOLD).version == 5


def test_a_new_version_after_going_back_is_live_and_the_highest(versions):
    versions.back(3, HOLD)
    assert save(versions, 4, texts="other").version == 5
    assert versions.pointer().hold is None
    assert numbers(versions) == [3, 4, 5]


def test_there_has_to_be_a_version_to_go_back_to(versions, tmp_path):
    with pytest.raises(BadIndexError, match=r"no version 9 .* Kept are: 3, 4\."):
        versions.back(9, HOLD)
    versions.back(3, HOLD)
    with pytest.raises(BadIndexError, match="no version before the live one"):
        versions.back(None, HOLD)
    with pytest.raises(BadIndexError, match="No index at"):
        Versions(tmp_path / "nowhere").back(None, HOLD)


def test_one_does_not_go_back_to_a_damaged_version_or_one_of_another_model(versions):
    (versions.folder / "00000003" / "answers.f32").write_bytes(b"junk")
    with pytest.raises(BadIndexError, match=r"answers\.f32 is damaged"):
        versions.back(3, HOLD)
    save(versions, 5, model="n")
    with pytest.raises(BadIndexError, match="built with model m, now it is n"):
        versions.back(4, HOLD)
    assert current(versions).manifest.version == 5


def test_going_back_passes_over_a_damaged_version(versions):
    save(versions, 5)
    (versions.folder / "00000004" / "answers.f32").write_bytes(b"junk")
    assert versions.back(None, HOLD).version == 3


def test_a_list_names_what_is_wrong_with_a_version(versions):
    (versions.folder / "00000003" / "manifest.json").write_bytes(b"junk")
    first, second = versions.kept()
    assert first.manifest is None
    assert "manifest.json is not JSON" in first.problem
    assert second.live


def test_the_manifest_is_plain_json_for_people(versions):
    fields = json.loads((versions.folder / "00000004" / "manifest.json").read_text(encoding="utf-8"))
    assert fields["model"] == "m"
    assert set(fields["checksums"]) == {"questions.faiss", "answers.f32", "texts.json", "fit.json"}
    manifest = current(versions).manifest
    assert replace(manifest, version=5) != manifest
    assert Manifest.load(manifest.dump()) == manifest
