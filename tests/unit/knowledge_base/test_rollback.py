"""Going back to the version before: by command, live, until an article changes or somebody builds."""

import asyncio
import contextlib

import pytest
from typer.testing import CliRunner

from knowledge_base.__main__ import app
from knowledge_base.library import Library
from tests.unit.knowledge_base.conftest import SHOP, article_text
from tests.unit.knowledge_base.watching import until, watched

OLD, NEW = SHOP["returns"][2], "Only on Mondays."


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], env={"COLUMNS": "200"})


def answer(library):
    article = library.article("returns")
    return article.short_answer if article else None


@pytest.fixture
def store(tmp_path):
    return tmp_path / "store"


@pytest.fixture
def change(write):
    """Another answer in the article on returns."""

    def to_file(text):
        title, questions, _, extra = SHOP["returns"]
        write("returns", article_text(title, questions, text, extra))

    return to_file


@pytest.fixture
def changed(library, change):
    """A library whose article on returns was changed: two versions are kept."""
    change(NEW)
    library.refresh()
    assert answer(library) == NEW
    return library


def back(shop, store, *words):
    done = run("back", *words, "--shop", shop, "--store", store)
    assert done.exit_code == 0, done.output
    return done.output


def test_going_back_is_live_at_the_next_look_and_status_names_it(changed, shop, store):
    newer = changed.status()
    assert newer.held is None
    said = back(shop, store)
    assert f"Version {newer.version - 1} of" in said
    assert "held until an article changes" in said
    assert changed.refresh()
    assert answer(changed) == OLD
    assert changed.search("return my order").matches[0].short_answer == OLD
    assert changed.search("return my order").version == newer.version - 1
    held = changed.status().as_dict()["held"]
    assert held["version"] == newer.version - 1
    assert "an article changes" in held["until"]


def test_it_holds_and_is_never_fitted_anew(changed, shop, store):
    back(shop, store)
    changed.refresh()
    before = changed.status()
    assert not changed.refresh()
    assert not changed.stale()
    changed.refit()
    assert changed.status() == before


def test_it_holds_over_a_restart(changed, shop, store, encoder):
    back(shop, store)
    changed.close()
    with contextlib.closing(Library(shop, store, encoder=encoder).open()) as again:
        assert answer(again) == OLD
        assert again.status().held is not None


def test_it_ends_when_an_article_changes_and_then_all_are_live_as_they_are_on_disk(
    changed, shop, store, write
):
    newest = changed.status().version
    back(shop, store)
    changed.refresh()
    write("gift", article_text("Can you wrap it?", ["gift wrap", "as a present"], "Yes, for 3 euros."))
    assert changed.refresh()
    assert answer(changed) == NEW
    assert changed.article("gift") is not None
    assert changed.status().held is None
    assert changed.status().version == newest + 1


def test_an_article_changed_while_nothing_ran_ends_it_too(changed, shop, store, encoder, change):
    back(shop, store)
    changed.close()
    change("Never.")
    with contextlib.closing(Library(shop, store, encoder=encoder).open()) as again:
        assert answer(again) == "Never."
        assert again.status().held is None


def test_an_article_that_breaks_counts_as_changed_and_its_last_good_version_is_live(
    changed, shop, store, write
):
    back(shop, store)
    changed.refresh()
    write("privacy", "---\nnonsense")
    assert changed.refresh()
    assert (answer(changed), changed.status().held) == (NEW, None)
    assert changed.article("privacy") is not None


def test_it_ends_by_a_build_and_a_running_library_follows(changed, shop, store, encoder):
    back(shop, store)
    changed.refresh()
    with contextlib.closing(Library(shop, store, encoder=encoder).open(release=True)) as built:
        assert (answer(built), built.status().held) == (NEW, None)
        version = built.status().version
    assert changed.refresh()
    assert (answer(changed), changed.status().held) == (NEW, None)
    assert changed.status().version == version


def test_articles_that_vanish_do_not_end_it(changed, shop, store):
    back(shop, store)
    changed.refresh()
    (shop / "articles").rename(shop / "away")
    changed.refresh()
    assert answer(changed) == OLD
    assert "no such folder" in changed.status().left_out[0].value
    (shop / "away").rename(shop / "articles")
    changed.refresh()
    assert (answer(changed), changed.status().left_out) == (OLD, ())


def test_a_damaged_version_is_not_gone_back_to(changed, shop, store):
    number = changed.status().version - 1
    (store / "index" / f"{number:08d}" / "texts.json").write_bytes(b"junk")
    done = run("back", number, "--shop", shop, "--store", store)
    assert done.exit_code == 2
    assert "texts.json is damaged" in done.output
    assert not changed.refresh()
    assert answer(changed) == NEW


def test_a_pointer_to_a_damaged_version_leaves_what_is_live(changed, shop, store, caplog):
    back(shop, store)
    number = changed.status().version - 1
    (store / "index" / f"{number:08d}" / "texts.json").write_bytes(b"junk")
    assert not changed.refresh()
    assert answer(changed) == NEW
    assert "What is live stays" in caplog.text


def test_without_articles_or_versions_the_command_says_what_is_missing(shop, tmp_path):
    assert "No articles at" in run("back", "--shop", tmp_path / "nowhere").output
    done = run("back", "--shop", shop, "--store", tmp_path / "nowhere")
    assert done.exit_code == 2
    assert "No index at" in done.output


def test_the_list_shows_each_version_and_which_is_live(changed, shop, store):
    version = changed.status().version
    shown = run("versions", "--store", store).output
    live = next(line for line in shown.splitlines() if "live" in line)
    assert f" {version} " in live
    back(shop, store)
    shown = run("versions", "--store", store).output
    assert f" {version - 1} " in next(line for line in shown.splitlines() if "live, held" in line)


async def test_a_running_library_goes_back_while_questions_keep_coming(changed, shop, store):
    async with watched(changed):
        await asyncio.sleep(0.3)  # the watcher has to be listening before the pointer changes
        await asyncio.to_thread(back, shop, store)

        def gone_back():
            assert changed.search("promo code").matches[0].id == "coupon"
            return answer(changed) == OLD

        await until(gone_back)
