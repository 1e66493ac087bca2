"""The shop's triggers as they are live now: read once, and again whenever the file changes."""

import asyncio
from pathlib import Path

import structlog

from knowledge_base.frontmatter import FormatError, Problem
from knowledge_base.triggers import DEFAULT, FILE, Triggers, parse_triggers, unknown_articles
from knowledge_base.watcher import changes

CHECK = "python -m knowledge_base check"
RETRY_S = 5.0
log = structlog.get_logger("bot.rules")


class Rules:
    """The live triggers. A file with a mistake leaves the ones before it live, and is told of once."""

    def __init__(self, shop_dir: Path) -> None:
        self.live: Triggers = DEFAULT
        self._shop_dir = shop_dir
        self._data: bytes | None = None
        self._told: frozenset[str] = frozenset()

    def load(self) -> bool:
        """Read the file; says whether other triggers are live than before. Nothing raises."""
        path = self._shop_dir / FILE
        try:
            data = path.read_bytes() if path.is_file() else None
            if data is not None and data == self._data:
                return False
            found = DEFAULT if data is None else parse_triggers(data)
        except FormatError as error:
            self._tell(error.problem, "The triggers before it stay live.")
            return False
        except OSError as error:
            self._tell(Problem(FILE, 1, error.strerror or "an error", "a file that can be read"), "")
            return False
        before, self.live, self._data = self.live, found, data
        problems = unknown_articles(found, self._article_ids())
        self._told &= {str(problem) for problem in problems}
        for problem in problems:
            self._tell(problem, "Nothing is shown for it meanwhile.")
        if found != before:
            log.info("triggers are live", rules=len(found.rules))
        return found != before

    async def watch(self) -> None:
        """Follow the file until cancelled."""
        file = self._shop_dir.absolute() / FILE
        while True:
            try:
                async for _ in changes((file.parent,), lambda path: path == file):
                    await asyncio.to_thread(self.load)
            except Exception as error:  # what is live stays live
                log.error("triggers are not watched", error=type(error).__name__, again_in_s=RETRY_S)
            await asyncio.sleep(RETRY_S)

    def _article_ids(self) -> frozenset[str]:
        """What `bot` can know of the articles: their files' names."""
        return frozenset(path.stem for path in self._shop_dir.glob("articles/*/*.md"))

    def _tell(self, problem: Problem, meanwhile: str) -> None:
        if str(problem) in self._told:
            return
        self._told |= {str(problem)}
        log.error(
            "triggers cannot be used" if meanwhile.startswith("The") else "a trigger cannot be used",
            file=str(self._shop_dir / problem.file),
            line=problem.line,
            problem=problem.message,
            meanwhile=meanwhile,
            next_step=f"Mend the line; {CHECK} reads it again.",
        )
