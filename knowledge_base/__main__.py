"""The command line: check, build, versions, back, search, evaluate."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from knowledge_base import evaluate as ev
from knowledge_base import rollback, vectors
from knowledge_base.checking import cross_problems, past_their_day
from knowledge_base.crossfit import Labelled
from knowledge_base.embed import PACKAGED_MODEL, Encoder, load_encoder
from knowledge_base.explanation_text import printed
from knowledge_base.facts import FILE as FACTS
from knowledge_base.floor import floor_of, read_floor, values, write_floor
from knowledge_base.folder import read_folder
from knowledge_base.frontmatter import FormatError
from knowledge_base.glossary import read_glossary
from knowledge_base.index import Entry
from knowledge_base.library import Library
from knowledge_base.manifest import BadIndexError
from knowledge_base.model_files import chosen_model, fine_tuned_folder
from knowledge_base.places import about_place
from knowledge_base.report.figures import Run
from knowledge_base.report.record import PAGE, write_report
from knowledge_base.report.screen import remarks, tables
from knowledge_base.search import Searcher
from knowledge_base.triggers import trigger_problems

SHOP = "knowledge_base"
STORE = "var/knowledge"
REPORTS = "var/reports"
QUESTIONS = "eval/questions.jsonl"
FLOOR = "eval/floor.json"

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
ReportsDir = Annotated[Path, typer.Option("--reports", help="Where index.html and its figures go.")]
Model = Annotated[str, typer.Option("--model", envvar="ACTIONS_MODEL", help="A package or folder.")]


@app.command()
def check(shop: ShopDir = Path(SHOP)) -> None:
    """Reads articles, facts and triggers and says what is wrong with which line. Needs no model."""
    folder = read_folder(shop)
    published = {article.id for article in folder.articles if article.published}
    problems = (*folder.problems, *cross_problems(folder), *trigger_problems(shop, published))
    for problem in problems:
        out.print(str(problem), style="red", markup=False, highlight=False, soft_wrap=True)
    for fact in past_their_day(folder.facts).values():
        line = f"{FACTS}:{fact.line}: '{fact.name}' was good until {fact.expires}; it is not stated any more."
        out.print(line, style="yellow", markup=False, highlight=False, soft_wrap=True)
    count = sum(article.published for article in folder.articles)
    counted = f"{count} published articles, {len(folder.facts.known)} facts, {len(problems)} problems"
    out.print(f"{counted} in {shop}.", highlight=False)
    if problems:
        raise typer.Exit(1)


@app.command()
def build(
    shop: ShopDir = Path(SHOP),
    store: StoreDir = Path(STORE),
    model: Model = PACKAGED_MODEL,
    thorough: Thorough = None,
    fit_anew: Annotated[bool, typer.Option("--fit", help="Fit anew, also where no article changed.")] = False,
    measure: Annotated[
        bool, typer.Option("--evaluate", help="Measure it too, as `evaluate` does, in less time than that.")
    ] = False,
    reports: ReportsDir = Path(REPORTS),
) -> None:
    """Builds or brings up to date the index, and fits confidence on it."""
    _fine_tune(ev.shop_entries(shop), fine_tuned_folder(store, model), model, thorough)
    encoder = load_encoder(chosen_model(store, model), store)
    library = Library(shop, store, model=model, encoder=encoder)
    started_at = dt.datetime.now(dt.UTC)
    with _bar("Encoding") as progress:
        library.open(progress, release=True)
    fitted_at = library.status().fitted_at
    kept = fitted_at is None or dt.datetime.fromisoformat(fitted_at) < started_at
    if library.stale() or (fit_anew and kept):
        library.refit()
    if measure:
        try:
            labelled = ev.read_questions(shop / QUESTIONS)
            ev.test_lines(labelled)
        except (OSError, ValueError) as error:
            raise _stop(error) from error
        # The same articles and dev lines give the same fit as `evaluate` would make.
        _measure(shop.resolve().name, library.searcher(), encoder, labelled, reports)
    status = library.status()
    library.close()
    for problem in status.left_out:
        out.print(f"Left out: {problem}", style="red", markup=False, highlight=False, soft_wrap=True)
    out.print(
        f"Version {status.version}: {status.articles} articles, {status.vectors} vectors, {status.backend}.",
        highlight=False,
    )


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
    reports: ReportsDir = Path(REPORTS),
    set_floor: Annotated[
        bool, typer.Option("--set-floor", help="Store the figures as those no change may fall below.")
    ] = False,
    thorough: Thorough = None,
    teach: Annotated[
        bool | None,
        typer.Option(help="Add dev lines to their articles' phrasings. The default with --kb and --queries."),
    ] = None,
) -> None:
    """Measures search on the lines whose split is `test`; fits on the articles and `dev` lines only.

    The figures go to suites/ in the reports' folder, under the name of the suite's folder; index.html there
    shows all suites.
    """
    try:
        entries = ev.read_entries(kb) if kb else ev.shop_entries(shop)
        labelled = ev.read_questions(queries or shop / QUESTIONS)
        ev.test_lines(labelled)
        glossary = read_glossary(shop)
    except (OSError, ValueError, FormatError) as error:
        raise _stop(error) from error
    if set_floor and (kb or queries):
        raise _stop("The floor is for the shop's own questions. Leave out --kb and --queries.")
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
            glossary=glossary,
        )
    suite = (kb.resolve().parent if kb else shop.resolve()).name
    found = _measure(suite, searcher, encoder, labelled, reports, predictions)
    cache.close()
    if set_floor:
        path = shop / FLOOR
        # A floor that is missing or damaged has nothing that could be lowered.
        with suppress(ValueError):
            for fall in read_floor(path).falls(values(found)):
                out.print(f"Lowered: {fall}", style="yellow", highlight=False)
        write_floor(floor_of(found, dt.datetime.now(dt.UTC).date()), path)
        out.print(f"Floor set: {path}.", highlight=False)


def _measure(
    suite: str,
    searcher: Searcher,
    encoder: Encoder,
    labelled: Sequence[Labelled],
    reports: Path,
    predictions: Path | None = None,
) -> Mapping[str, Any]:
    with _bar("Asking") as progress:
        answered = ev.ask_all(searcher, ev.test_lines(labelled), progress)
    if predictions:
        predictions.write_text(ev.predictions(answered), encoding="utf-8")
    run = Run(suite, dt.datetime.now(dt.UTC), searcher, encoder, answered)
    found = write_report(run, reports)
    for table in tables(found):
        out.print(table)
    for line in remarks(found):
        out.print(line, highlight=False)
    out.print(f"Report: {reports / PAGE}", highlight=False, soft_wrap=True)
    return found


def _stop(reason: object) -> typer.Exit:
    err.print(str(reason), style="red", markup=False, highlight=False, soft_wrap=True)
    return typer.Exit(2)


def _fine_tune(entries: Sequence[Entry], target: Path, model: str, thorough: bool | None) -> None:
    if thorough is False:
        shutil.rmtree(target, ignore_errors=True)
    if thorough:
        # Training takes torch, which takes seconds to load; nothing else here needs it.
        from knowledge_base.fine_tune import fine_tune  # noqa: PLC0415

        with _bar("Training") as progress:
            verdict = fine_tune(entries, model, target, progress=progress)
        out.print(f"Trained model: {verdict}.", highlight=False)


@contextmanager
def _bar(title: str) -> Iterator[vectors.Progress]:
    columns = (TextColumn(title), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task(title, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


if __name__ == "__main__":
    app()
