"""The last few versions of an index on disk, and which of them is live.

A version is a folder that is written whole and never changed. `CURRENT` names the live one. All that is read
is checked first, byte for byte, and what does not fit is refused with the reason.
"""

import datetime as dt
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Final

import faiss
import numpy as np

from knowledge_base.durable import alone, sync_folder, write_through, write_whole
from knowledge_base.index import Entry, Index, Vectors, content_digest
from knowledge_base.manifest import BadIndexError, Manifest, checksum, sealed, unsealed

KEPT: Final = 5
TEXTS: Final = "texts.json"
_QUESTIONS: Final = "questions.faiss"
_ANSWERS: Final = "answers.f32"
_MANIFEST: Final = "manifest.json"
POINTER: Final = "CURRENT"
_BUILD: Final = "Build it: python -m knowledge_base build"


@dataclass(frozen=True, slots=True)
class Hold:
    """An earlier version was made live by hand: when, and what the article files were at the time."""

    since: str
    files: str


@dataclass(frozen=True, slots=True)
class Pointer:
    """Which version is live; `manifest` is the checksum of its manifest."""

    version: int
    manifest: str
    hold: Hold | None = None


@dataclass(frozen=True, slots=True)
class Stored:
    """A version that passed every check, all its files in memory."""

    manifest: Manifest
    files: Mapping[str, bytes]

    def read(self, name: str) -> bytes:
        """The bytes of one of its files; nothing when it has no such file."""
        return self.files.get(name, b"")

    def vectors_for(self, entries: Sequence[Entry]) -> dict[str, Vectors]:
        """The vector of each text, when the entries are those it was built from; else nothing."""
        if content_digest(entries) != self.manifest.content:
            return {}
        width = self.manifest.dimension
        flat = faiss.deserialize_index(np.frombuffer(self.read(_QUESTIONS), dtype=np.uint8))
        rows = flat.reconstruct_n(0, flat.ntotal) if flat.ntotal else np.zeros((0, width), np.float32)
        answers = np.frombuffer(self.read(_ANSWERS), dtype="<f4").reshape(-1, width)
        found = dict(zip((text for entry in entries for text in entry.answers), answers, strict=True))
        found.update(zip((text for entry in entries for text in entry.questions), rows, strict=True))
        return found


@dataclass(frozen=True, slots=True)
class Kept:
    """A version as a list of them shows it; `problem` when it must not be used."""

    version: int
    manifest: Manifest | None = None
    problem: str = ""
    live: bool = False
    held: bool = False


class Versions:
    """The versions in one folder. Several processes may use it; one at a time writes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or made yet."""
        self.folder = folder
        self._pointer_path = folder / POINTER

    def pointer(self) -> Pointer:
        """Which version is live. Raises `BadIndexError`."""
        try:
            fields = unsealed(self._pointer_path.read_bytes())
            hold = Hold(**fields["hold"]) if fields["hold"] else None
            return Pointer(int(fields["version"]), str(fields["manifest"]), hold)
        except FileNotFoundError as error:
            raise BadIndexError(f"No index at {self.folder}. {_BUILD}") from error
        except OSError as error:
            raise BadIndexError(
                f"{self._pointer_path} cannot be read ({error.strerror}). {_BUILD}"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise BadIndexError(f"{self._pointer_path} {error}. {_BUILD}") from error

    def open(self, pointer: Pointer, *, model: str | None = None, dimension: int | None = None) -> Stored:
        """A version, every file of it checked. Raises `BadIndexError` with the reason why it is refused.

        `model` and `dimension` are what it has to be built with, where that is known.
        """
        folder = self._folder(pointer.version)
        manifest = self._manifest(pointer.version, pointer.manifest)
        if model is not None and manifest.model != model:
            seen = f"was built with model {manifest.model}, now it is {model}"
            raise BadIndexError(f"The index at {folder} {seen}. {_BUILD}")
        if dimension is not None and manifest.dimension != dimension:
            seen = f"has vectors of {manifest.dimension} dimensions, the model gives {dimension}"
            raise BadIndexError(f"The index at {folder} {seen}. {_BUILD}")
        files = {name: _checked(folder / name, wanted) for name, wanted in manifest.checksums.items()}
        return Stored(manifest, files)

    def save(
        self,
        index: Index,
        *,
        model: str,
        version: int,
        at: dt.datetime,
        files: Mapping[str, bytes],
        fit_version: int = 0,
    ) -> Pointer:
        """Writes a version whole, then makes it the live one; its number may be higher than `version`.

        `files` are further files to keep and check with the index, by name. Raises `OSError` when they cannot
        be kept; what was live stays so.
        """
        contents = {_QUESTIONS: _bytes(index), _ANSWERS: index.answers.astype("<f4").tobytes(), **files}
        manifest = Manifest(
            version=version,
            written_at=at.isoformat(timespec="seconds"),
            model=model,
            dimension=index.dimension,
            content=index.digest,
            texts=checksum(files.get(TEXTS, b"")),
            articles=len(index.entries),
            questions=int(index.counts.sum()),
            fit_version=fit_version,
            checksums={name: checksum(data) for name, data in contents.items()},
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        with alone(self.folder / ".lock"):
            manifest = replace(manifest, version=max(version, self.newest() + 1))
            self._write(manifest, contents)
            pointer = Pointer(manifest.version, checksum(manifest.dump()))
            self._point(pointer)
            self._forget(manifest)
        return pointer

    def back(self, to: int | None, hold: Hold) -> Manifest:
        """Makes an earlier version the live one: `to`, else the one before.

        It has to be whole, and of the model of the one that is live. Raises `BadIndexError` or `OSError`.
        """
        if not self.folder.is_dir():
            raise BadIndexError(f"No index at {self.folder}. {_BUILD}")
        with alone(self.folder / ".lock"):
            kept = self.kept()
            live = next((one.manifest for one in kept if one.live), None)
            wanted = _before(kept, live) if to is None else to
            if wanted is None or wanted not in {one.version for one in kept}:
                numbers = ", ".join(str(one.version) for one in kept) or "none"
                which = "before the live one" if wanted is None else str(wanted)
                raise BadIndexError(f"There is no version {which} at {self.folder}. Kept are: {numbers}.")
            pointer = Pointer(wanted, self._seal_of(wanted), hold)
            stored = self.open(
                pointer, model=live.model if live else None, dimension=live.dimension if live else None
            )
            self._point(pointer)
        return stored.manifest

    def kept(self) -> list[Kept]:
        """The versions that are there, oldest first."""
        try:
            pointer = self.pointer()
        except BadIndexError:
            pointer = None
        found = []
        for number in self._numbers():
            live = pointer is not None and pointer.version == number
            held = live and pointer is not None and pointer.hold is not None
            try:
                found.append(Kept(number, self.whole(number).manifest, live=live, held=held))
            except BadIndexError as error:
                found.append(Kept(number, problem=str(error), live=live, held=held))
        return found

    def whole(self, version: int) -> Stored:
        """A version, live or not. Raises `BadIndexError` with the reason where it must not be used."""
        return self.open(Pointer(version, self._seal_of(version)))

    def newest(self) -> int:
        """The highest number that was given, 0 when there is none."""
        return max(self._numbers(), default=0)

    def _numbers(self) -> list[int]:
        try:
            return sorted(int(path.name) for path in self.folder.iterdir() if path.name.isdecimal())
        except OSError:
            return []

    def _folder(self, version: int) -> Path:
        return self.folder / f"{version:08d}"

    def _seal_of(self, version: int) -> str:
        return checksum(_read(self._folder(version) / _MANIFEST))

    def _manifest(self, version: int, seal: str) -> Manifest:
        path = self._folder(version) / _MANIFEST
        data = _read(path)
        try:
            manifest = Manifest.load(data)
        except ValueError as error:
            raise BadIndexError(f"{path} {error}. {_BUILD}") from error
        if manifest.version != version or checksum(data) != seal:
            seen = f"is of version {manifest.version} with seal {checksum(data)[:8]}"
            raise BadIndexError(f"{path} {seen}, wanted was {version} with {seal[:8]}. {_BUILD}")
        return manifest

    def _write(self, manifest: Manifest, contents: Mapping[str, bytes]) -> None:
        for half_written in self.folder.glob(".[0-9]*"):
            shutil.rmtree(half_written, ignore_errors=True)
        for half_written in self.folder.glob(f".{POINTER}.*"):
            half_written.unlink(missing_ok=True)
        staged = self.folder / f".{manifest.version:08d}.{os.getpid()}"
        staged.mkdir()
        try:
            for name, data in {**contents, _MANIFEST: manifest.dump()}.items():
                write_through(staged / name, data)
            sync_folder(staged)
            staged.rename(self._folder(manifest.version))
        except OSError:
            shutil.rmtree(staged, ignore_errors=True)
            raise
        sync_folder(self.folder)

    def _point(self, pointer: Pointer) -> None:
        write_whole(self._pointer_path, sealed(asdict(pointer)))

    def _forget(self, newest: Manifest) -> None:
        """Removes all but the last few, and those of the same articles as `newest`, fitted before it."""
        others = []
        for number in self._numbers():
            try:
                same = Manifest.load((self._folder(number) / _MANIFEST).read_bytes()).texts == newest.texts
            except (OSError, ValueError):
                same = True
            if number != newest.version:
                others.append((number, same))
        good = [number for number, same in others if not same][-(KEPT - 1) :]
        for number, _ in others:
            if number not in good:
                shutil.rmtree(self._folder(number), ignore_errors=True)


def _before(kept: Sequence[Kept], live: Manifest | None) -> int | None:
    """The newest whole version that is older than the live one, or than all when none is live."""
    older = [one.version for one in kept if one.manifest and (live is None or one.version < live.version)]
    return max(older, default=None)


def _bytes(index: Index) -> bytes:
    data: bytes = faiss.serialize_index(index.faiss).tobytes()
    return data


def _checked(path: Path, wanted: str) -> bytes:
    data = _read(path)
    if checksum(data) != wanted:
        seen = f"its checksum is {checksum(data)[:8]}, the manifest says {wanted[:8]}"
        raise BadIndexError(f"{path} is damaged: {seen}. {_BUILD}")
    return data


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadIndexError(f"{path} cannot be read ({error.strerror}). {_BUILD}") from error
