"""Train Rasa and build the knowledge index, then print how good, how big and how fast both came out.

    python scripts/train.py [--quick] [--force] [--thorough]

What stands already for the same sources is not made again. The figures also go to var/reports/train.json,
those of the search with charts to var/reports/index.html.
With --thorough the sentence model is trained on the articles too, which takes minutes, and is kept if
questions held out gain by it.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parent.parent
RASA = ROOT / ".venv-rasa" / "bin"
MODELS = ROOT / "models"
SHOP = Path(os.environ.get("SHOP_DIR", ROOT / "knowledge_base"))
STORE = Path(os.environ.get("ACTIONS_STORE_DIR", ROOT / "var" / "knowledge"))
REPORT = ROOT / "var" / "reports" / "train.json"
LOGS = ROOT / "var" / "logs"
# All that goes into a Rasa model; the last is the code of its classifier.
SOURCES = ("config.yml", "domain.yml", "data", "rasa_side/intents.py")
FOLDS = 5
QUIET_ENV = {
    "HF_HUB_OFFLINE": "1",
    "OMP_NUM_THREADS": "1",
    "PYTHONWARNINGS": "ignore",
    "RASA_TELEMETRY_ENABLED": "false",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
    "TF_CPP_MIN_LOG_LEVEL": "3",
}


class TrainingError(Exception):
    """A program failed; the message says which, its last words, and where the rest is."""


@dataclass(frozen=True)
class Timed:
    """What a piece of work gave, and how long it took."""

    value: Any
    took_s: float


def timed(work: Callable[[], Any]) -> Timed:
    """Runs `work` with a stopwatch."""
    started_s = time.monotonic()
    return Timed(work(), round(time.monotonic() - started_s, 1))


def run(name: str, command: list[str | Path]) -> str:
    """What a program prints; its log is var/logs/<name>.log. Raises TrainingError when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("w", encoding="utf-8") as errors:
        try:
            done = subprocess.run(
                [str(part) for part in command],
                cwd=ROOT,
                env={**os.environ, **QUIET_ENV},
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                check=False,
            )
        except OSError as error:
            raise TrainingError(f"{command[0]} cannot be run ({error.strerror}). Run make setup.") from error
    if done.returncode:
        said = (log.read_text(encoding="utf-8") + done.stdout).strip().splitlines()
        raise TrainingError(
            f"{name}: {said[-1] if said else 'no words'} (all of it: {log.relative_to(ROOT)})"
        )
    return done.stdout


def content_hash(paths: Iterable[Path], pattern: str) -> str:
    """A hash over files, and over those below folders whose name fits the pattern."""
    total = hashlib.sha256()
    for path in paths:
        for file in sorted(path.rglob(pattern)) if path.is_dir() else [path]:
            total.update(f"{file}\n".encode() + file.read_bytes())
    return total.hexdigest()[:12]


def rasa_content() -> str:
    """A hash over everything a Rasa model is made from."""
    return content_hash((ROOT / name for name in SOURCES), "*.yml")


def knowledge_content() -> str:
    """A hash over everything an index is made from: articles, glossary, our questions, code, the model."""
    articles = content_hash([SHOP / "articles"], "*.md")
    glossary = content_hash([SHOP], "glossary.yml")
    eval_questions = content_hash([SHOP / "eval"], "*.jsonl")
    code = content_hash([ROOT / "knowledge_base"], "*.py")
    return "-".join((articles, glossary, eval_questions, code, os.environ.get("ACTIONS_MODEL", "packaged")))


def make_rasa(content: str, *, force: bool, measure: bool) -> tuple[Path, dict[str, Any] | None]:
    """The model for this content, the newest in models/ afterwards, and figures of its intents.

    The figures are cross-validated. What is missing is made in one process, as loading Rasa takes long.
    """
    model = MODELS / f"{content}.tar.gz"
    figures = read_json(REPORT).get("intents") or {}
    train = force or not model.is_file()
    validate = measure and (force or figures.get("content") != content)
    options = ["--name", content] if train else []
    options += ["--folds", str(FOLDS)] if validate else []
    if options:
        printed = run("rasa-train", [RASA / "python", "-m", "rasa_side.train", *options])
        found = json.loads(printed.splitlines()[-1])
        figures = {**found["intents"], "content": content} if validate else figures
    # `rasa run` takes the newest file, also when older sources came back.
    model.touch()
    return model, figures or None


def make_knowledge(*, force: bool, measure: bool, thorough: bool) -> tuple[str, dict[str, Any] | None]:
    """The line that says what is in the index, and figures of its search on our own test questions.

    What stands for the same content is not made again. No figures where there are no questions.
    """
    content, stamp = knowledge_content(), STORE / "built.json"
    built = read_json(stamp)
    stands = not force and not thorough and built.get("content") == content and (STORE / "index").is_dir()
    measure = measure and (SHOP / "eval" / "questions.jsonl").is_file()
    figures = REPORT.parent / "suites" / f"{SHOP.resolve().name}.json"
    says, measured = built.get("says"), bool(stands and built.get("measured") and figures.is_file())
    if not stands:
        options = ["--fit", *(["--thorough"] if thorough else []), *(["--evaluate"] if measure else [])]
        printed = run("knowledge-build", [sys.executable, "-m", "knowledge_base", "build", *options])
        says, measured = printed.strip().splitlines()[-1], measure
    elif measure and not measured:
        run("knowledge-evaluate", [sys.executable, "-m", "knowledge_base", "evaluate"])
        measured = True
    stamp.write_text(json.dumps({"content": content, "says": says, "measured": measured}), encoding="utf-8")
    return str(says), read_json(figures) if measured else None


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file, empty where there is none."""
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def megabytes(path: Path) -> float:
    """The size of a file or of all files in a folder."""
    files = [file for file in path.rglob("*") if file.is_file()] if path.is_dir() else [path]
    return round(sum(file.stat().st_size for file in files) / 1e6, 1)


def train(*, quick: bool, force: bool, thorough: bool) -> dict[str, Any]:
    """Everything, Rasa and the index side by side, and the report."""
    content = rasa_content()
    started_s = time.monotonic()
    with ThreadPoolExecutor(2) as lanes:
        first = lanes.submit(timed, lambda: make_rasa(content, force=force, measure=not quick))
        second = lanes.submit(
            timed, lambda: make_knowledge(force=force, measure=not quick, thorough=thorough)
        )
        rasa, knowledge = first.result(), second.result()
    (model, intents), (says, search) = rasa.value, knowledge.value
    return {
        "content": content,
        "model": {"file": str(model.relative_to(ROOT)), "mb": megabytes(model)},
        "index": {"says": says, "mb": megabytes(STORE)},
        "intents": intents,
        "search": {name: search[name] for name in ("measures", "bands")} if search else None,
        "took_s": {
            "rasa": rasa.took_s,
            "knowledge": knowledge.took_s,
            "all": round(time.monotonic() - started_s, 1),
        },
    }


def show(report: dict[str, Any], out: Console) -> None:
    """Prints the report as tables."""
    if report["intents"]:
        show_intents(report["intents"], out)
    if report["search"]:
        show_search(report["search"], out)
    table = Table(title="Sizes and times")
    for column in ("", "", ""):
        table.add_column(column)
    table.add_row("Rasa model", report["model"]["file"], f"{report['model']['mb']} MB")
    table.add_row("Knowledge", report["index"]["says"], f"{report['index']['mb']} MB")
    took = ", ".join(f"{name} {seconds} s" for name, seconds in report["took_s"].items())
    table.add_row("Time", took, "")
    out.print(table)
    page = REPORT.with_name("index.html")
    if report["search"] and page.is_file():
        out.print(f"Report: {page.relative_to(ROOT)}", highlight=False)


def show_intents(figures: dict[str, Any], out: Console) -> None:
    """Precision, recall and F1 of each intent."""
    table = Table(title=f"What shoppers mean, {figures['folds']} folds")
    table.add_column("intent")
    for column in ("precision", "recall", "F1", "examples"):
        table.add_column(column, justify="right")
    for name, row in figures["intents"].items():
        shares = (f"{row[key]:.3f}" for key in ("precision", "recall", "f1"))
        table.add_row(name, *shares, str(row["examples"]))
    table.add_section()
    table.add_row("accuracy", "", "", f"{figures['accuracy']:.3f}", str(figures["examples"]))
    table.add_row("macro F1", "", "", f"{figures['macro_f1']:.3f}", "")
    out.print(table)


def show_search(figures: dict[str, Any], out: Console) -> None:
    """How often the right article comes first, and what shoppers would see."""
    table = Table(title="What the knowledge base finds, test questions")
    table.add_column("")
    for column in ("top1", "r3", "mrr"):
        table.add_column(column, justify="right")
    for name, row in figures["measures"].items():
        table.add_row(name, *(f"{row[key]['value']:.3f}" for key in ("top1", "r3", "mrr")))
    out.print(table)
    direct, right, reached, handed = (
        "–" if figures["bands"][name]["value"] is None else f"{figures['bands'][name]['value']:.3f}"
        for name in ("direct", "direct_right", "reached", "handed_over")
    )
    out.print(
        f"Answered directly {direct}, of these right {right}; answered or among the buttons {reached}; "
        f"without an answer and handed over {handed}.",
        highlight=False,
    )


def main() -> None:
    """Reads the options, trains, writes the report and prints it."""
    parser = argparse.ArgumentParser(description="Train Rasa and build the knowledge index.")
    parser.add_argument("--quick", action="store_true", help="train and build only, measure nothing")
    parser.add_argument("--force", action="store_true", help="also make what stands already")
    parser.add_argument("--thorough", action="store_true", help="also train the sentence model, for minutes")
    options = parser.parse_args()
    try:
        report = train(quick=options.quick, force=options.force, thorough=options.thorough)
    except TrainingError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(1) from None
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=1), encoding="utf-8")
    show(report, Console())


if __name__ == "__main__":
    main()
