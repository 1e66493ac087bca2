"""triggers.yml: read strictly, found by event and id, and no mistake that is not named."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.conditions import COUPONS, DEVICES, KEYS
from knowledge_base.folder import read_folder
from knowledge_base.frontmatter import FormatError
from knowledge_base.triggers import (
    BY_NAME_ONLY,
    DEFAULT,
    ONLY_THE_PAGE_SEES,
    Manners,
    Rule,
    Triggers,
    parse_triggers,
    read_triggers,
    trigger_problems,
)

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs/triggers.md").read_text(encoding="utf-8")
SHOP = ROOT / "knowledge_base"

GOOD = """
manners: {per_day: 9}
rules:
  - id: large
    on: [payment.failed, payment.authentication_failed]
    when: {total_from: 300}
    show: person
  - id: payment-failed
    on: payment.failed
  - id: paused
    on: coupon.rejected
    active: false
  - id: idle
    when: {step: delivery, idle_s: 30}
    show: questions
  - id: others
    on: "*"
questions:
  payment: [when-charged, when-charged, card-safety]
  any: delivery-time
"""


def parsed(text: str = GOOD) -> Triggers:
    return parse_triggers(text.encode())


def test_rules_manners_and_questions_are_read() -> None:
    found = parsed()
    assert [rule.id for rule in found.rules] == ["large", "payment-failed", "paused", "idle", "others"]
    assert found.manners == Manners(per_day=9)
    assert found.questions == {"payment": ("when-charged", "card-safety"), "": ("delivery-time",)}


def test_the_first_rule_that_fits_an_event_is_taken() -> None:
    found = parsed()

    def for_event(event: str, **known: object) -> str | None:
        rule = found.for_event(event, [known])
        return rule.id if rule else None

    assert for_event("payment.failed", total=400.0) == "large"
    assert for_event("payment.failed", total=40.0) == "payment-failed"
    assert for_event("payment.failed") == "payment-failed"
    assert for_event("payment.authentication_failed", total=40.0) == "others"
    assert for_event("coupon.rejected") == "others"
    assert for_event("the.shops_own") == "others"
    for event in BY_NAME_ONLY:
        assert for_event(event) is None


def test_only_an_active_guess_can_come_true_in_the_browser() -> None:
    found = parsed()
    assert found.guess("idle") == Rule(
        "idle", when={"all": [{"step": ["delivery"]}, {"idle_s": 30}]}, show="questions"
    )
    assert found.guess("payment-failed") is None
    assert found.guess("nothing") is None


def test_the_browser_learns_when_and_never_what() -> None:
    told = [rule.as_json() for rule in parsed().active]
    assert told[0] == {
        "id": "large",
        "guess": False,
        "on": ["payment.failed", "payment.authentication_failed"],
        "when": {"total_from": 300},
    }
    assert told[1] == {"id": "payment-failed", "guess": False, "on": "payment.failed"}
    assert told[2]["guess"] is True
    assert "person" not in str(told)
    assert "questions" not in str(told)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        ("", 1, "an empty file"),
        ("- a", 1, "a list"),
        ("rules:\n  - id: a: b", 2, "broken YAML"),
        ("rulez: []", 1, "the unknown key 'rulez'"),
        ("rules: {}", 1, "a mapping under 'rules'"),
        ("rules:\n  - payment.failed", 2, "'payment.failed'"),
        ("rules:\n  - on: a", 2, "no 'id'"),
        ("rules:\n  - id: Pay now", 2, "the id 'Pay now'"),
        ("rules:\n  - id: a\n    on: a\n    colour: red", 4, "the unknown key 'colour'"),
        ("rules:\n  - id: a\n    on: a\n  - id: a\n    on: b", 4, "the id 'a' twice"),
        ("rules:\n  - id: a\n    on: Payment failed", 3, "the event 'Payment failed' under 'on'"),
        ("rules:\n  - id: a\n    on: []", 3, "an empty list under 'on'"),
        ("rules:\n  - id: a", 2, "the rule 'a' without 'on' and 'when'"),
        ("rules:\n  - id: a\n    when: {idle_s: 3}", 2, "the rule 'a' without 'on' and 'show'"),
        ("rules:\n  - id: a\n    on: a\n    when: {any: [{idle_s: 3}]}", 4, "'idle_s' beside 'on'"),
        ("rules:\n  - id: a\n    when: {data: {x: 1}}\n    show: person", 3, "'data' without 'on'"),
        ("rules:\n  - id: a\n    on: a\n    when: {moon: full}", 4, "the unknown condition 'moon'"),
        ("rules:\n  - id: a\n    on: a\n    show: A B", 4, "'A B' under 'show'"),
        ("rules:\n  - id: a\n    on: a\n    active: maybe", 4, "'maybe' under 'active'"),
        ("manners: {noise: 1}", 1, "the unknown key 'noise' in 'manners'"),
        ("rules: []\nmanners:\n  per_day: lots", 3, "'lots' under 'per_day'"),
        ("manners: {quiet_after: 0}", 1, "'0' under 'quiet_after'"),
        ("questions: {cart: [a, b, c, d, e, f]}", 1, "6 articles under 'cart'"),
        ("questions: {cart: [Not An Id]}", 1, "'Not An Id' under 'cart'"),
        ("rules: []\nrules: []", 2, "the key 'rules' twice"),
    ],
)
def test_a_mistake_is_named_by_file_line_and_key(text: str, line: int, told: str) -> None:
    with pytest.raises(FormatError) as refused:
        parsed(text)
    assert str(refused.value).startswith(f"triggers.yml:{line}: ")
    assert told in str(refused.value)
    assert "expected" in str(refused.value)


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    told: list[int] = []
    try:
        parsed(text)
    except FormatError as error:
        told.append(error.problem.line)
    assert all(line >= 1 for line in told)


def test_a_shop_without_the_file_answers_events_and_guesses_nothing(tmp_path: Path) -> None:
    found = read_triggers(tmp_path)
    assert found == DEFAULT
    rule = found.for_event("payment.failed", [{}])
    assert rule is not None
    assert rule.show is None
    assert [rule for rule in found.rules if rule.guess] == []


def test_articles_that_are_not_there_are_named(tmp_path: Path) -> None:
    text = "rules:\n  - id: a\n    on: a\n    show: gone\nquestions: {cart: [here, lost]}\n"
    (tmp_path / "triggers.yml").write_text(text, encoding="utf-8")
    told = [str(problem) for problem in trigger_problems(tmp_path, {"here"})]
    wanted = "expected the id of a published one."
    assert told == [
        f"triggers.yml:2: Saw the article 'gone' in the rule 'a'; {wanted}",
        f"triggers.yml:5: Saw the article 'lost' in the questions of 'cart'; {wanted}",
    ]
    (tmp_path / "triggers.yml").write_text("rules: 3", encoding="utf-8")
    assert len(trigger_problems(tmp_path, ())) == 1


def test_the_demo_shop_has_no_mistake_and_answers_what_its_checkout_reports() -> None:
    ids = {article.id for article in read_folder(SHOP).articles if article.published}
    assert trigger_problems(SHOP, ids) == ()
    found = read_triggers(SHOP)
    for event in ("payment.failed", "payment.authentication_failed", "coupon.rejected", "address.rejected"):
        rule = found.for_event(event, [{}])
        assert rule is not None
        assert (rule.id, rule.show) != ("other-events", None)
    assert found.for_event("payment.declined", [{}]) is not None


def test_the_page_for_editors_lists_every_condition_key_and_manner() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))
    keys = {"id", "on", "when", "show", "active", "questions", "person"}
    manners = Manners().as_json()
    assert listed == KEYS | keys | set(manners)
    for name, value in manners.items():
        assert f"| `{name}` | {value} |" in PAGE
    for word in (*COUPONS, *DEVICES, *BY_NAME_ONLY):
        assert f"`{word}`" in PAGE
    line = next(line for line in PAGE.splitlines() if line.startswith("Beside `on`: not "))
    assert set(re.findall(r"`(\w+)`", line)) - {"on"} == ONLY_THE_PAGE_SEES


def test_every_example_for_editors_is_read_without_a_mistake() -> None:
    examples = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert len(examples) == 7
    for example in examples:
        parsed(example)
    for condition in re.findall(r"^\| `\w+` \| .* \| `(\w+: .+)` \|$", PAGE, re.MULTILINE):
        key = condition.partition(":")[0]
        sees = "on: coupon.rejected" if key not in ONLY_THE_PAGE_SEES else "show: person"
        if key in ("all", "any"):
            sees = "show: person"
        parsed(f"rules:\n  - id: example\n    {sees}\n    when: {{{condition}}}")
