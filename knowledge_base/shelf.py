"""What a running library keeps on disk, and what others put there while it runs."""

import base64
import contextlib
import datetime as dt
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from knowledge_base.embed import Encoder
from knowledge_base.fit import Fit
from knowledge_base.manifest import BadIndexError
from knowledge_base.snapshot import Snapshot
from knowledge_base.versions import TEXTS, Hold, Pointer, Stored, Versions

log = logging.getLogger(__name__)


class Shelf:
    """The versions on disk as one library sees them. Not for several threads at once.

    `not_kept` says why the last snapshot is only in memory, if it is.
    """

    def __init__(self, folder: Path, encoder: Encoder, clock: Callable[[], dt.datetime]) -> None:
        """Nothing is read yet."""
        self.versions = Versions(folder)
        self.not_kept: str | None = None
        self._encoder, self._clock = encoder, clock
        # What this library wrote or followed last; any other pointer on disk is somebody else's.
        self._pointer: Pointer | None = None

    def load(self) -> tuple[Stored | None, Hold | None]:
        """The version that is live on disk, or the reason in the log why it must not be used."""
        try:
            self._pointer = self.versions.pointer()
            return self._read(self._pointer), self._pointer.hold
        except BadIndexError as error:
            level = logging.WARNING if self.versions.newest() else logging.INFO
            log.log(level, "%s Doing that now.", error)
            return None, None

    def last_texts(self, stored: Stored | None) -> Mapping[str, bytes]:
        """The articles of `stored`; without one those of the newest version that is whole."""
        if stored is not None:
            return texts_in(stored)
        for kept in reversed(self.versions.kept()):
            with contextlib.suppress(BadIndexError):
                return texts_in(self.versions.whole(kept.version))
        return {}

    def moved(self) -> tuple[Stored, Hold | None] | None:
        """The version that somebody else made the live one since; each is given once."""
        try:
            pointer = self.versions.pointer()
        except BadIndexError as error:
            log.debug("%s What is live stays.", error)
            return None
        if pointer == self._pointer:
            return None
        self._pointer = pointer
        try:
            return self._read(pointer), pointer.hold
        except BadIndexError as error:
            log.warning("%s What is live stays.", error)
            return None

    def next_version(self, live: int = 0) -> int:
        """A number that no version has."""
        return max(live, self.versions.newest()) + 1

    def keep(self, live: Snapshot) -> Snapshot:
        """Writes a snapshot; gives it back under the number it got. Where that fails it says so once."""
        try:
            self._pointer = self.versions.save(
                live.index,
                model=self._encoder.fingerprint,
                version=live.version,
                at=self._clock(),
                files={TEXTS: dumped(live.folder.texts), **live.fit.dump()},
                fit_version=live.fit.version,
            )
        except OSError as error:
            reason = f"Version {live.version} could not be kept in {self.versions.folder} ({error})"
            if self.not_kept is None:
                log.warning("%s. Search goes on from memory. Free space or give the right to write.", reason)
            self.not_kept = reason
            return live
        self.not_kept = None
        return replace(live, version=self._pointer.version)

    def _read(self, pointer: Pointer) -> Stored:
        model, dimension = self._encoder.fingerprint, self._encoder.dimension
        return self.versions.open(pointer, model=model, dimension=dimension)


def dumped(texts: tuple[tuple[str, bytes], ...]) -> bytes:
    """The articles word for word, as one file."""
    return json.dumps({file: base64.b64encode(data).decode() for file, data in texts}).encode()


def texts_in(stored: Stored | None) -> Mapping[str, bytes]:
    """The bytes of each article of a version, by file."""
    if stored is None:
        return {}
    try:
        texts = json.loads(stored.read(TEXTS) or b"{}")
        return {file: base64.b64decode(data) for file, data in texts.items()}
    except ValueError:
        return {}


def fit_in(stored: Stored | None) -> Fit | None:
    """What was learned, if this program can read it."""
    if stored is None:
        return None
    try:
        return Fit.load(stored.read("fit.json"), stored.read("classes.npz"), stored.read("unanswered.npy"))
    except (ValueError, KeyError, TypeError) as error:
        log.info("The fit of version %d cannot be used (%s). Fitting anew.", stored.manifest.version, error)
        return None
