"""The top questions of a step: those the shop chose, then those made for the step."""

import datetime as dt
from dataclasses import replace

from knowledge_base.article import Article
from knowledge_base.facts import parse_facts
from knowledge_base.steps import top_articles


def article(article_id: str, *steps: str, locale: str = "en", phrasings: int = 1, **more: str) -> Article:
    questions = tuple(f"question {number}" for number in range(phrasings))
    return Article(article_id, locale, article_id.title(), questions, "Short.", "", steps=steps, **more)


def top(*articles: Article, first: dict[str, list[str]] | None = None) -> dict[str, list[str]]:
    found = top_articles(articles, ("de", "en"), first or {})
    return {step: [one.id for one in cards] for step, cards in found.items()}


def test_what_the_shop_chose_leads_and_at_most_five_are_given() -> None:
    articles = [article(name, "cart") for name in "abcdefg"]
    assert top(*articles, first={"cart": ["g", "gone", "c"]})["cart"] == ["g", "c", "a", "b", "d"]


def test_an_article_for_fewer_steps_comes_before_one_with_more_phrasings() -> None:
    articles = [article("both", "cart", "pay", phrasings=9), article("one", "cart"), article("two", "cart")]
    assert top(*articles) == {"cart": ["one", "two", "both"], "pay": ["both"], "": []}


def test_any_step_has_what_the_shop_chose() -> None:
    assert top(article("a", "cart"), first={"": ["a"]})[""] == ["a"]


def test_archived_articles_are_left_out_and_the_nearest_locale_is_taken() -> None:
    articles = [
        article("a", "cart"),
        article("a", "cart", locale="de"),
        article("b", "cart", locale="fr"),
        article("c", "cart", status="archived"),
    ]
    found = top_articles(articles, ("de", "en"), {"cart": ["c"]})
    assert [(one.id, one.locale) for one in found["cart"]] == [("a", "de"), ("b", "fr")]


def test_an_article_whose_figure_is_past_its_day_is_left_out() -> None:
    given = b"ends: {type: percent, value: 10, owner: shop, source: sheet, expires: 2020-01-01}\n"
    facts = parse_facts(given, today=lambda: dt.date(2026, 3, 1))
    past = replace(article("a", "cart"), short_answer='{{ fact("ends") }} off.', facts=facts)
    assert top(past, article("b", "cart"))["cart"] == ["b"]
