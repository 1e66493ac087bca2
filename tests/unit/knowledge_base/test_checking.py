"""What `check` finds between articles, facts and events, with file and line."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from knowledge_base.__main__ import app
from knowledge_base.checking import cross_problems
from knowledge_base.folder import read_folder

ARTICLE = """---
title: When is delivery free?
questions: [free delivery]
events: [total.changed]
variants:
  - when: {{country: [AT, GB], goods_below: delivery.free_from}}
    body: 'You are {{{{ short_of(fact("delivery.free_from")) }}}} short.'
  - when: {{event: total.changed}}
    body: |
      It was {{{{ event.data.from }}}}.
{extra}---
Send it back within {{{{ fact("returns.days") }}}} days. {body}
"""
FACTS = """
delivery.zone1: {type: countries, value: [AT, DE], owner: s, source: s}
delivery.free_from: {type: money, by_country: {delivery.zone1: 100 EUR, GB: 100 GBP}, owner: s, source: s}
returns.days: {type: days, value: 30, owner: s, source: s}
"""


@pytest.fixture
def found(tmp_path: Path):
    """The problems of a shop with one article, told by what differs from a good one."""

    def problems(extra: str = "", body: str = "", facts: str = "", **swap: str) -> list[str]:
        text = ARTICLE.format(extra=extra, body=body)
        for old, new in swap.items():
            assert old in text
            text = text.replace(old, new)
        folder = tmp_path / "articles" / "en"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "free.md").write_text(text, encoding="utf-8")
        (tmp_path / "facts.yml").write_text(FACTS + facts, encoding="utf-8")
        read = read_folder(tmp_path)
        return [str(problem) for problem in (*read.problems, *cross_problems(read))]

    return problems


def test_what_fits_together_has_no_problem(found):
    assert found() == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"body": 'At most {{ fact("return.days") }}.'},
            "articles/en/free.md:12: Saw the unknown fact 'return.days'; expected 'returns.days'.",
        ),
        (
            {"extra": "  - when: {items_from: 2}\n    body: '{{ short_of(fact(\"returns.days\")) }}'\n"},
            "articles/en/free.md:12: Saw the fact 'returns.days' of type days; expected one of type money.",
        ),
        (
            {"extra": "  - when: {goods_from: returns.days}\n    body: x\n"},
            "Saw the fact 'returns.days' of type days under 'goods_from'; expected one of type money.",
        ),
        (
            {"extra": "  - when: {goods_from: delivery.free}\n    body: x\n"},
            "articles/en/free.md:11: Saw the unknown fact 'delivery.free'; expected 'delivery.free_from'.",
        ),
        (
            {"body": 'From {{ fact("delivery.free_from") }}.'},
            "articles/en/free.md:12: Saw the fact 'delivery.free_from' without a value for everybody",
        ),
        (
            {"body": 'From {{ fact("delivery.free_from", "US") }}.'},
            "Saw the fact 'delivery.free_from' without a value for US",
        ),
        (
            {"facts": "spare: {type: days, value: 1, owner: s, source: s}\n"},
            "facts.yml:5: Saw the fact 'spare', which nothing uses; expected an article that states it.",
        ),
        (
            {"body": "You have 14 days to return it."},
            "free.md:12: Saw '14 days'; expected what the fact says: {{ fact(",
        ),
        ({"body": "Returns are taken for two weeks."}, "Saw 'two weeks'; expected what the fact says"),
        (
            {"extra": "  - when: {country: DE}\n    body: Free delivery from €90.\n"},
            "articles/en/free.md:12: Saw '€90'; expected what the fact says",
        ),
        ({"total.changed": "total.chagned"}, "articles/en/free.md:4: Saw the unknown event 'total.chagned'"),
        (
            {"[total.changed]": '["payment.failed:insuficient_funds"]'},
            "articles/en/free.md:4: Saw the unknown code 'insuficient_funds' of payment.failed",
        ),
        (
            {"{event: total.changed}": "{event: total.changed, code: shiping}"},
            "free.md:1: Saw the unknown code 'shiping' of total.changed; expected 'shipping'.",
        ),
        (
            {"event.data.from": "event.data.form"},
            "free.md:10: Saw the field 'form' of total.changed; expected one of currency, from, to, why.",
        ),
        (
            {"extra": "  - when:\n      event: total.changed\n      data: {wy: tax}\n    body: x\n"},
            "free.md:13: Saw the field 'wy' of total.changed; expected one of currency, from, to, why.",
        ),
        (
            {"[total.changed]": "[payment.failed]", "body": "Nothing was charged."},
            "free.md:12: Saw 'Nothing was charged'; expected 'this order was not placed'",
        ),
        (
            {"extra": "  - when: {event: payment.failed}\n    body: Your card has not been charged.\n"},
            "free.md:12: Saw 'not been charged'; expected 'this order was not placed'",
        ),
        (
            {"events: [total.changed]": "tags: [a]", "{event: total.changed}": "{step: cart}"},
            "Saw the event's 'from' where no event is named",
        ),
    ],
)
def test_what_does_not_fit_is_named_with_file_and_line(found, changes: dict[str, str], said: str):
    known = {name: value for name, value in changes.items() if name in {"extra", "body", "facts"}}
    problems = found(**known, **{name: value for name, value in changes.items() if name not in known})
    assert any(said in problem for problem in problems), problems
    assert all(problem.startswith(("articles/en/free.md:", "facts.yml:")) for problem in problems)


@pytest.mark.parametrize(
    "body",
    [
        "You have 30 days to return it.",
        "Returned parcels are refunded within a week.",
        "It arrives in 3 days.",
        "You have thirty days to return it.",
        "Returns take 14 minutes.",
        "In 14 days the sale ends. Returns are easy.",
        "Tell us within 14 days of the return.",
    ],
)
def test_a_figure_that_says_the_same_or_something_else_is_left_alone(found, body: str):
    assert [
        problem for problem in found(body=body) if "14 days" not in body or "expected what" in problem
    ] == []


def test_an_own_event_may_have_any_data(found):
    changes = {"[total.changed]": "[repair.refused]", "{event: total.changed}": "{event: repair.refused}"}
    assert found(**changes) == []


def test_the_command_says_what_is_wrong_and_what_is_past_its_day(tmp_path: Path, found):
    assert found() == []
    run = CliRunner().invoke(app, ["check", "--shop", str(tmp_path)])
    assert run.exit_code == 0
    assert run.output.replace("\n", "") == f"1 published articles, 3 facts, 0 problems in {tmp_path}."
    old = FACTS.replace("value: 30, owner: s", "value: 30, owner: s, expires: 2020-01-31")
    (tmp_path / "facts.yml").write_text(old, encoding="utf-8")
    run = CliRunner().invoke(app, ["check", "--shop", str(tmp_path)])
    assert "facts.yml:4: 'returns.days' was good until 2020-01-31; it is not stated any more." in run.output
    text = (tmp_path / "articles/en/free.md").read_text(encoding="utf-8")
    attack = text.replace("Send it back", "Send {{ ''.__class__ }} back")
    (tmp_path / "articles/en/free.md").write_text(attack, encoding="utf-8")
    run = CliRunner().invoke(app, ["check", "--shop", str(tmp_path)])
    assert run.exit_code == 1
    assert "articles/en/free.md:12: Saw the attribute '__class__' in a template" in run.output
