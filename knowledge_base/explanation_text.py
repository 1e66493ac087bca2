"""An explanation as tables and sentences for a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from knowledge_base.explanation import LABELS, Candidate, Explanation


def printed(explanation: Explanation) -> Iterator[RenderableType]:
    """What to print, in order: why, the words, the views of each article, the signs of the best."""
    for reason in explanation.reasons:
        yield Text(reason)
    if explanation.read != explanation.question:
        yield Text(f"Read as: {explanation.read}")
    if explanation.words:
        yield _words(explanation)
    for one in explanation.candidates:
        yield Text(f"Nearest in {one.id}, cosine {one.cosine:.2f}: {one.phrasing}")
    if explanation.candidates:
        yield _views(explanation.candidates)
        yield _signs(explanation.candidates[0])


def _words(explanation: Explanation) -> Table:
    table = Table(title="Words")
    for column in ("typed", "read as", "in the best article", "in any article"):
        table.add_column(column)
    for word in explanation.words:
        read = word.read if word.repaired else ""
        table.add_row(Text(word.typed), Text(read), _yes(word.held), _yes(word.known))
    return table


def _views(candidates: tuple[Candidate, ...]) -> Table:
    table = Table(title="What each view said")
    table.add_column("article")
    for name in candidates[0].views:
        table.add_column(name, justify="right")
    for one in candidates:
        table.add_row(one.id, *(f"{value:.2f}" for value in one.views.values()))
    return table


def _signs(best: Candidate) -> Table:
    table = Table(title=f"What moved the confidence in {best.id}, {best.confidence:.2f}")
    for column in ("sign", "here", "usual", "moved by"):
        table.add_column(column, justify="left" if column == "sign" else "right")
    for sign in best.signs:
        label = LABELS.get(sign.name, sign.name)
        table.add_row(label, f"{sign.value:.2f}", f"{sign.usual:.2f}", f"{sign.moved:+.2f}")
    return table


def _yes(given: bool) -> str:
    return "yes" if given else "no"
