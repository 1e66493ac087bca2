"""A shop's `triggers.yml`: when the assistant speaks first, what it shows, and its manners.

Needs no model and touches nothing but the file; docs/triggers.md is for those who write it.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import yaml

from knowledge_base.article import ID
from knowledge_base.conditions import EVENT, Condition, State, holds, may_hold, read_condition
from knowledge_base.frontmatter import FormatError, Problem, Source, Tree, decoded, kind
from knowledge_base.steps import MOST_AT_A_STEP, MOST_STEPS

__all__ = [
    "DEFAULT",
    "FILE",
    "Manners",
    "Rule",
    "Triggers",
    "parse_triggers",
    "read_triggers",
    "trigger_problems",
    "unknown_articles",
]

FILE: Final = "triggers.yml"
MAX_BYTES: Final = 200_000
MAX_RULES: Final = 100
MAX_ID: Final = 64
ANY_EVENT: Final = "*"
# `*` does not mean them, a rule may name them: all goes well, or a form has said what is wrong itself.
BY_NAME_ONLY: Final = frozenset({"step.entered", "payment.started", "order.completed", "field.error"})
QUESTIONS: Final = "questions"
PERSON: Final = "person"
ANY_STEP_NAME: Final = "any"
ONLY_THE_PAGE_SEES: Final = frozenset(
    {"in_step_s", "idle_s", "field_s", "field_errors", "back_and_forth", "exit", "returning"}
)
_KEYS: Final = frozenset({"manners", "questions", "rules"})
_RULE_KEYS: Final = frozenset({"id", "on", "when", "show", "active"})
_COUNT: Final = re.compile(r"\d{1,6}")


@dataclass(frozen=True, slots=True)
class Manners:
    """How far speaking first may go. Guesses wait `in_step_s` and have the caps; quiet is for all.

    A guess comes at most `per_session` times in a visit, `per_day` in 24 hours and `per_trigger_day` of each
    rule. After `quiet_after` dismissals nothing is shown for `quiet_days`.
    """

    in_step_s: int = 45
    per_session: int = 3
    per_day: int = 4
    per_trigger_day: int = 1
    quiet_after: int = 3
    quiet_days: int = 30

    def as_json(self) -> dict[str, int]:
        """For the browser."""
        return asdict(self)


_MOST: Final[Mapping[str, tuple[int, int]]] = {
    "in_step_s": (0, 3_600),
    "per_session": (0, 100),
    "per_day": (0, 100),
    "per_trigger_day": (0, 100),
    "quiet_after": (1, 100),
    "quiet_days": (1, 366),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One trigger. `on` are the events it waits for, empty for a guess; `show` None is the event's article.

    `show` is an article's id, `questions` (the step's top questions) or `person`.
    """

    id: str
    on: tuple[str, ...] = ()
    when: Condition | None = None
    show: str | None = None
    active: bool = True
    line: int = field(default=1, compare=False)

    @property
    def guess(self) -> bool:
        """Whether it is the assistant's own idea, and not something the shop reported."""
        return not self.on

    @property
    def article(self) -> str | None:
        """The article that it names, if it names one."""
        return None if self.show in (None, QUESTIONS, PERSON) else self.show

    def waits_for(self, event: str) -> bool:
        """Whether the event is one of those it waits for."""
        return event in self.on or (ANY_EVENT in self.on and event not in BY_NAME_ONLY)

    def holds(self, state: State) -> bool:
        """Whether its conditions hold."""
        return self.when is None or holds(self.when, state)

    def may_hold(self, known: State) -> bool:
        """Whether nothing of the facts that are known here contradicts its conditions."""
        return self.when is None or may_hold(self.when, known)

    def as_json(self) -> dict[str, Any]:
        """For the browser, which never learns what it would show."""
        found: dict[str, Any] = {"id": self.id, "guess": self.guess}
        if self.on:
            found["on"] = self.on[0] if len(self.on) == 1 else list(self.on)
        if self.when is not None:
            found["when"] = self.when
        return found


@dataclass(frozen=True, slots=True)
class Triggers:
    """The rules in the order of the file, of which the first that fits is taken, and the manners.

    `questions` are the articles that lead the top questions of a step, by step; `any` stands for all others.
    """

    rules: tuple[Rule, ...] = ()
    manners: Manners = Manners()
    questions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    questions_line: int = field(default=1, compare=False)

    @property
    def active(self) -> Iterator[Rule]:
        """The rules that are not switched off."""
        return (rule for rule in self.rules if rule.active)

    def guess(self, rule_id: str) -> Rule | None:
        """The active rule of this id, if it is a guess."""
        return next((rule for rule in self.active if rule.id == rule_id and rule.guess), None)

    def for_event(self, event: str, states: Sequence[State]) -> Rule | None:
        """The first active rule that waits for the event and holds in any of the states."""
        waiting = (rule for rule in self.active if rule.waits_for(event))
        return next((rule for rule in waiting if any(rule.holds(state) for state in states)), None)


DEFAULT: Final = Triggers((Rule("any-event", on=(ANY_EVENT,)),))
"""Without a file: what an article answers is offered, nothing is guessed."""


def read_triggers(shop_dir: Path) -> Triggers:
    """The triggers of a shop folder, `DEFAULT` where it has no file. Raises `FormatError` or `OSError`."""
    path = shop_dir / FILE
    return parse_triggers(path.read_bytes()) if path.is_file() else DEFAULT


def parse_triggers(data: bytes, file: str = FILE) -> Triggers:
    """The triggers in a file's bytes. Raises `FormatError` with line, key, value and what was expected."""
    source = Source(file)
    text = decoded(data, source, limit=MAX_BYTES)
    if not text.strip():
        raise source.error(1, "an empty file", "rules; 'rules: []' for none")
    tree = Tree.parse(text, source, keys=_KEYS, first_line=1)
    nodes = tree.items("rules")
    if len(nodes) > MAX_RULES:
        raise source.error(tree.line_of("rules"), f"{len(nodes)} rules", f"at most {MAX_RULES}")
    rules: dict[str, Rule] = {}
    for node in nodes:
        rule = _rule(node, source)
        if rule.id in rules:
            first = f"each id once; the first is in line {rules[rule.id].line}"
            raise source.error(rule.line, f"the id '{rule.id}' twice", first)
        rules[rule.id] = rule
    questions = _questions(tree, source)
    return Triggers(tuple(rules.values()), _manners(tree, source), questions, tree.line_of("questions"))


def unknown_articles(triggers: Triggers, known: Collection[str], file: str = FILE) -> tuple[Problem, ...]:
    """A problem for each article that is named and is none of those `known`."""
    named = [(rule.line, rule.article, f"the rule '{rule.id}'") for rule in triggers.rules if rule.article]
    for step, ids in triggers.questions.items():
        named += [(triggers.questions_line, one, f"the questions of '{step}'") for one in ids]
    return tuple(
        Problem(file, line, f"the article '{article_id}' in {where}", "the id of a published one")
        for line, article_id, where in named
        if article_id not in known
    )


def trigger_problems(shop_dir: Path, known: Collection[str]) -> tuple[Problem, ...]:
    """What is wrong with a shop's triggers; `known` are the ids of its published articles."""
    try:
        return unknown_articles(read_triggers(shop_dir), known)
    except FormatError as error:
        return (error.problem,)
    except OSError as error:
        return (Problem(FILE, 1, error.strerror or "an error", "a file that can be read"),)


def _rule(node: yaml.Node, source: Source) -> Rule:
    tree = Tree(node, source, keys=_RULE_KEYS, first_line=1)
    rule_id = tree.text("id", limit=MAX_ID)
    if not ID.fullmatch(rule_id):
        expected = "small letters, digits and single hyphens"
        raise source.error(tree.line_of("id"), f"the id '{rule_id}'", expected)
    on = _events(tree, source)
    when = _node(tree, "when")
    condition = None if when is None else read_condition(when, source)
    show = _show(tree, source)
    _check_sense(tree, source, rule_id, on, condition, show)
    return Rule(rule_id, on, condition, show, _active(tree, source), tree.line)


def _check_sense(
    tree: Tree, source: Source, rule_id: str, on: tuple[str, ...], when: Condition | None, show: str | None
) -> None:
    """A guess needs a condition and something to show; an event is checked where only `bot` can see."""
    if not on and when is None:
        expected = "'on' with an event, or 'when' with a condition"
        raise source.error(tree.line, f"the rule '{rule_id}' without 'on' and 'when'", expected)
    if not on and show is None:
        expected = f"'show' with an article's id, '{QUESTIONS}' or '{PERSON}'"
        raise source.error(tree.line, f"the rule '{rule_id}' without 'on' and 'show'", expected)
    used = set(_keys(when)) if when else set()
    if on and (seen := sorted(used & ONLY_THE_PAGE_SEES)):
        expected = "conditions that do not change while an event is on its way, such as 'step' or 'data'"
        raise source.error(tree.line_of("when"), f"'{seen[0]}' beside 'on'", expected)
    if not on and "data" in used:
        raise source.error(tree.line_of("when"), "'data' without 'on'", "'on' with the event it belongs to")


def _node(tree: Tree, key: str) -> yaml.Node | None:
    return tree.node(key) if key in tree else None


def _keys(condition: Condition) -> Iterator[str]:
    for key, value in condition.items():
        yield key
        for inner in [value] if key == "not" else value if key in ("all", "any") else ():
            yield from _keys(inner)


def _events(tree: Tree, source: Source) -> tuple[str, ...]:
    node = _node(tree, "on")
    if node is None:
        return ()
    found = []
    for one in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        line = tree.line_of_node(one)
        name = str(one.value) if isinstance(one, yaml.ScalarNode) else kind(one)
        if not isinstance(one, yaml.ScalarNode) or not (name == ANY_EVENT or EVENT.fullmatch(name)):
            raise source.error(line, f"the event {name!r} under 'on'", "such as payment.failed, or '*'")
        found.append(name)
    if not found:
        raise source.error(tree.line_of("on"), "an empty list under 'on'", "an event, or '*'")
    return tuple(dict.fromkeys(found))


def _show(tree: Tree, source: Source) -> str | None:
    if "show" not in tree:
        return None
    show = tree.text("show", limit=80)
    if not ID.fullmatch(show):
        expected = f"an article's id, '{QUESTIONS}' or '{PERSON}'"
        raise source.error(tree.line_of("show"), f"'{show}' under 'show'", expected)
    return show


def _active(tree: Tree, source: Source) -> bool:
    node = _node(tree, "active")
    if node is None:
        return True
    if not isinstance(node, yaml.ScalarNode) or not node.tag.endswith(":bool"):
        raise source.error(tree.line_of("active"), f"{kind(node)} under 'active'", "true or false")
    return str(node.value).lower() in ("true", "yes", "on")


def _questions(tree: Tree, source: Source) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for step, ids in tree.conditions("questions"):
        line = tree.line_of_entry("questions", step)
        if len(ids) > MOST_AT_A_STEP or len(found) >= MOST_STEPS:
            seen = f"{len(ids)} articles under '{step}'"
            expected = f"at most {MOST_AT_A_STEP}, at {MOST_STEPS} steps"
            raise source.error(line, seen, expected)
        for article_id in ids:
            if not ID.fullmatch(article_id):
                raise source.error(line, f"'{article_id}' under '{step}'", "the id of an article")
        found["" if step == ANY_STEP_NAME else step] = tuple(dict.fromkeys(ids))
    return found


def _manners(tree: Tree, source: Source) -> Manners:
    names = {each.name for each in fields(Manners)}
    given: dict[str, int] = {}
    for name, values in tree.conditions("manners"):
        line = tree.line_of_entry("manners", name)
        if name not in names:
            expected = "one of " + ", ".join(sorted(names))
            raise source.error(line, f"the unknown key '{name}' in 'manners'", expected)
        least, most = _MOST[name]
        value = values[0] if len(values) == 1 else "a list"
        if not _COUNT.fullmatch(value) or not least <= int(value) <= most:
            expected = f"a whole number from {least} to {most}"
            raise source.error(line, f"'{value}' under '{name}'", expected)
        given[name] = int(value)
    return Manners(**given)
