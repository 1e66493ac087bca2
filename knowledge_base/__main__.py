"""The command line: check, build, versions, back, search, evaluate."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from knowledge_base import evaluate as ev
from knowledge_base import rollback, vectors
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.explanation_text import printed
from knowledge_base.fine_tune import chosen_model, fine_tune, fine_tuned_folder
from knowledge_base.folder import read_folder
from knowledge_base.glossary import read_glossary
from knowledge_base.index import Entry
from knowledge_base.library import Library
from knowledge_base.manifest import BadIndexError
from knowledge_base.metrics import Row, interval, measure
from knowledge_base.places import about_place
from knowledge_base.search import Searcher

SHOP = "knowledge_base"
STORE = "var/knowledge"
COLUMNS = ("top1", "r3", "mrr", "auroc", "auroc_oos", "oos@95", "prec@80", "cov@p95")

app = typer.Typer(no_args_is_help=True, add_completion=False, help=__doc__)
out = Console()
err = Console(stderr=True)

ShopDir = Annotated[Path, typer.Option("--shop", envvar="SHOP_DIR", help="Folder with articles/.")]
StoreDir = Annotated[
    Path, typer.Option("--store", envvar="ACTIONS_STORE_DIR", help="Where the index is kept.")
]
Thorough = Annotated[
    bool | None,
    typer.Option(
        help="Train the model further on the articles, minutes; kept where it helps. --no- drops it."
    ),
]
Model = Annotated[str, typer.Option("--model", envvar="ACTIONS_MODEL", help="A package or folder.")]


@app.command()
def check(shop: ShopDir = Path(SHOP)) -> None:
    """Reads every article and says what is wrong with which line. Needs no model."""
    folder = read_folder(shop)
    for problem in folder.problems:
        out.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
    published = sum(article.published for article in folder.articles)
    out.print(f"{published} published articles, {len(folder.problems)} problems in {shop}.", highlight=False)
    if folder.problems:
        raise typer.Exit(1)


@app.command()
def build(
    shop: ShopDir = Path(SHOP),
    store: StoreDir = Path(STORE),
    model: Model = PACKAGED_MODEL,
    thorough: Thorough = None,
) -> None:
    """Builds or brings up to date the index, and fits confidence on it."""
    _fine_tune(ev.shop_entries(shop), fine_tuned_folder(store, model), model, thorough)
    with _bar("Encoding") as progress:
        library = Library(shop, store, model=model).open(progress, release=True)
    if library.stale():
        library.refit()
    status = library.status()
    library.close()
    out.print(
        f"Version {status.version}: {status.articles} articles, {status.vectors} vectors, {status.backend}.",
        highlight=False,
    )
    for problem in status.left_out:
        out.print(f"Left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)


@app.command()
def versions(store: StoreDir = Path(STORE)) -> None:
    """Lists the versions of the index that are kept, and which of them is live. Needs no model."""
    out.print(rollback.table(store))


@app.command()
def back(
    to: Annotated[int | None, typer.Argument(help="A version of the list; else the one before.")] = None,
    shop: ShopDir = Path(SHOP),
    store: StoreDir = Path(STORE),
) -> None:
    """Makes an earlier version live until an article changes or you build. Needs no model."""
    try:
        out.print(rollback.go_back(shop, store, to, dt.datetime.now(dt.UTC)), highlight=False)
    except (BadIndexError, OSError) as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error


@app.command()
def search(
    question: str,
    shop: ShopDir = Path(SHOP),
    store: StoreDir = Path(STORE),
    model: Model = PACKAGED_MODEL,
    step: Annotated[str | None, typer.Option(help="Checkout step, such as payment.")] = None,
    country: Annotated[str | None, typer.Option(help="Country code, such as AT.")] = None,
    event: Annotated[str | None, typer.Option(help="Last event, such as coupon.rejected:expired.")] = None,
    before: Annotated[str | None, typer.Option(help="The question before, for a follow-up.")] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Say why: what matched, and how surely.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
) -> None:
    """Asks the knowledge base a question."""
    context = {"step": step, "country": country, "event": event, "last_question": before}
    library = Library(shop, store, model=model).open()
    known = about_place(question, {key: value for key, value in context.items() if value})
    result = library.search(question, known, explain=explain)
    library.close()
    if as_json:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
        return
    for part in result.parts or (result,):
        table = Table(title=f"{part.question or '(nothing)'}: {part.band}, {part.confidence:.2f}")
        for column in ("article", "confidence", "similarity", "short answer"):
            table.add_column(column)
        for match in part.matches:
            numbers = (f"{match.confidence:.2f}", f"{match.similarity:.2f}")
            table.add_row(match.id, *numbers, Text(match.short_answer))
        out.print(table)
    for explanation in result.explanations:
        if result.parts:
            out.print(Text(f"\n{explanation.question}"), style="bold")
        for item in printed(explanation):
            out.print(item, highlight=False)
    if result.ask:
        out.print(f"It asks for the {result.ask.fact}: {', '.join(result.ask.choices)}.", highlight=False)
    if result.language:
        out.print(f"The message is in '{result.language}', which no article is written in.", highlight=False)


@app.command()
def evaluate(
    kb: Annotated[Path | None, typer.Option(help='Lines {"id", "questions", "answer"}.')] = None,
    queries: Annotated[Path | None, typer.Option(help='Lines {"q", "labels", "split"}.')] = None,
    predictions: Annotated[
        Path | None, typer.Option(help="Where to write a line for each test query.")
    ] = None,
    shop: ShopDir = Path(SHOP),
    store: StoreDir = Path(STORE),
    model: Model = PACKAGED_MODEL,
    report: Annotated[Path | None, typer.Option(help="Where to write the figures as JSON.")] = None,
    thorough: Thorough = None,
    teach: Annotated[
        bool | None,
        typer.Option(help="Add dev lines to their articles' phrasings. The default with --kb and --queries."),
    ] = None,
) -> None:
    """Measures search on the lines whose split is `test`; fits on the articles and `dev` lines only."""
    try:
        entries = ev.read_entries(kb) if kb else ev.shop_entries(shop)
        labelled = ev.read_questions(queries or shop / "eval" / "questions.jsonl")
    except (OSError, ValueError) as error:
        err.print(str(error), style="red", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(2) from error
    # What was trained on the shop's articles has no place in measuring others.
    subject = str(kb.resolve()) if kb else ""
    _fine_tune(entries, fine_tuned_folder(store, model, subject), model, thorough)
    encoder = load_encoder(chosen_model(store, model, subject), store)
    cache = vectors.VectorCache(store / "vectors.sqlite", encoder)
    with _bar("Encoding") as progress:
        searcher = ev.searcher_for(
            entries,
            labelled,
            encoder,
            cache,
            dt.datetime.now(dt.UTC),
            progress=progress,
            teach=kb is not None if teach is None else teach,
            glossary=read_glossary(shop),
        )
    test = [question for question in labelled if question.split == "test"]
    with _bar("Asking") as progress:
        answered = ev.ask_all(searcher, test, progress)
    cache.close()
    if predictions:
        predictions.write_text(ev.predictions(answered), encoding="utf-8")
    figures = _rows(searcher, answered, encoder)
    _print_measures(figures)
    _print_bands(answered)
    if report:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(_report(figures, answered, searcher), indent=1), encoding="utf-8")


def _fine_tune(entries: Sequence[Entry], target: Path, model: str, thorough: bool | None) -> None:
    if thorough is False:
        shutil.rmtree(target, ignore_errors=True)
    if thorough:
        with _bar("Training") as progress:
            verdict = fine_tune(entries, model, target, progress=progress)
        out.print(f"Trained model: {verdict}.", highlight=False)


def _rows(searcher: Searcher, answered: list[ev.Answered], encoder: Encoder) -> dict[str, dict[str, float]]:
    single = [one.question for one in answered if one.question.kind != "double"]
    rankers = {
        "BM25": ev.bm25_ranker(searcher.index.entries),
        "MiniLM, nearest question": ev.nearest_ranker(searcher.index, encoder),
    }
    found: dict[str, list[Row]] = {name: [rank(one) for one in single] for name, rank in rankers.items()}
    return {name: measure(rows) for name, rows in found.items()} | {"this search": ev.measured(answered)}


def _print_measures(figures: dict[str, dict[str, float]]) -> None:
    table = Table(title="On test lines that ask one thing")
    table.add_column("")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for name, row in figures.items():
        table.add_row(name, *(f"{row[column]:.3f}" for column in COLUMNS))
    out.print(table)
    ours = figures["this search"]
    low, high = interval(ours["top1"], int(ours["n_in"]))
    out.print(f"top1 {ours['top1']:.3f}, 95 % interval {low:.3f} to {high:.3f}.", highlight=False)


def _print_bands(answered: list[ev.Answered]) -> None:
    bands = ev.bands(answered)
    table = Table(title="What shoppers would see")
    table.add_column("share")
    table.add_column("of")
    table.add_column("", justify="right")
    rows = (
        ("answered directly", f"{bands.answerable} answerable", bands.direct),
        ("answered or among the buttons, right", f"{bands.answerable} answerable", bands.reached),
        ("right", f"{bands.answers} direct answers", bands.direct_right),
        ("handed over", f"{bands.unanswerable} unanswerable", bands.handed_over),
        ("both questions found", f"{bands.doubles} double", bands.doubles_answered),
    )
    for name, of, value in rows:
        table.add_row(name, of, f"{value:.3f}")
    out.print(table)
    kinds = Table(title="By kind")
    for column in ("kind", "first right", "among four", "questions"):
        kinds.add_column(column)
    for kind, (first, four, count) in ev.by_kind(answered).items():
        kinds.add_row(kind or "-", f"{first:.3f}", f"{four:.3f}", str(count))
    out.print(kinds)


def _report(
    figures: dict[str, dict[str, float]], answered: list[ev.Answered], searcher: Searcher
) -> dict[str, object]:
    bands = ev.bands(answered)
    return {
        "measures": figures,
        "bands": {name: getattr(bands, name) for name in bands.__slots__},
        "kinds": ev.by_kind(answered),
        "calibration": searcher.fit.calibration.as_dict(),
    }


@contextmanager
def _bar(title: str) -> Iterator[vectors.Progress]:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


if __name__ == "__main__":
    app()
