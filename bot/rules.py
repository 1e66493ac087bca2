"""The shop's triggers as they are live now: read once, and again whenever the file changes."""

import asyncio
from pathlib import Path

import structlog

from knowledge_base.durable import write_whole
from knowledge_base.frontmatter import FormatError, Problem
from knowledge_base.triggers import DEFAULT, FILE, Triggers, parse_triggers, unknown_articles
from knowledge_base.watcher import changes

CHECK = "python -m knowledge_base check"
RETRY_S = 5.0
log = structlog.get_logger("bot.rules")


class Rules:
    """The live triggers. A file with a mistake leaves the ones before it live, and is told of once.

    The last good file is kept in `var_dir`, so that a mistake outlives no restart either.
    """

    def __init__(self, shop_dir: Path, var_dir: Path) -> None:
        self.live: Triggers = DEFAULT
        self._path = shop_dir / FILE
        self._kept = var_dir / FILE
        self._data: bytes | None = None
        self._told: frozenset[str] = frozenset()

    def load(self) -> bool:
        """Read the file; says whether other triggers are live than before. Nothing raises."""
        try:
            data = self._path.read_bytes() if self._path.is_file() else None
            if data is not None and data == self._data:
                return False
            found = DEFAULT if data is None else parse_triggers(data)
        except FormatError as error:
            return self._stay(error.problem)
        except OSError as error:
            return self._stay(Problem(FILE, 1, error.strerror or "an error", "a file that can be read"))
        before, self.live, self._data = self.live, found, data
        self._keep(data)
        self._tell_unknown(found)
        if found != before:
            log.info("triggers are live", rules=len(found.rules))
        return found != before

    async def watch(self) -> None:
        """Follow the file until cancelled."""
        file = self._path.absolute()
        while True:
            try:
                async for _ in changes((file.parent,), lambda path: path == file):
                    await asyncio.to_thread(self.load)
            except Exception as error:  # what is live stays live
                log.error("triggers are not watched", error=type(error).__name__, again_in_s=RETRY_S)
            await asyncio.sleep(RETRY_S)

    def _stay(self, problem: Problem) -> bool:
        """Tell of a mistake; after a start with one, the last good file is taken up."""
        self._tell(problem, "The triggers before it stay live.")
        if self._data is not None:
            return False
        try:
            self._data = self._kept.read_bytes()
            self.live = parse_triggers(self._data)
        except (OSError, FormatError):
            return False
        return self.live != DEFAULT

    def _keep(self, data: bytes | None) -> None:
        try:
            if data is None:
                self._kept.unlink(missing_ok=True)
            elif not self._kept.is_file() or self._kept.read_bytes() != data:
                self._kept.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self._kept, data)
        except OSError as error:
            log.warning("the triggers could not be kept for a restart", why=error.strerror)

    def _tell_unknown(self, found: Triggers) -> None:
        """Name articles that are not there, as far as `bot` can know: by their files' names."""
        ids = {path.stem for path in self._path.parent.glob("articles/*/*.md")}
        problems = unknown_articles(found, ids)
        self._told &= {str(problem) for problem in problems}
        for problem in problems:
            self._tell(problem, "Nothing is shown for it.")

    def _tell(self, problem: Problem, meanwhile: str) -> None:
        if str(problem) in self._told:
            return
        self._told |= {str(problem)}
        log.error(
            "a mistake in the triggers",
            file=str(self._path),
            line=problem.line,
            problem=problem.message,
            meanwhile=meanwhile,
            next_step=f"Mend the line; {CHECK} reads it again.",
        )
