"""Reading a shop's folder: the good stay, the broken are named, the last good version lives on."""

from knowledge_base.context import Context
from knowledge_base.folder import FolderReader, folder_of, read_folder

GOOD = "---\ntitle: 'Fresh'\nquestions: ['is it fresh']\n{extra}---\nYes, it is.\n"


def ids(folder):
    return {article.id for article in folder.articles}


def test_a_whole_folder_is_read(shop):
    folder = read_folder(shop)
    assert len(folder.articles) == 8
    assert folder.problems == ()


def test_one_broken_article_takes_none_of_the_others_down(shop, write):
    write("broken", "---\ntitle: [\n---\nText.\n")
    folder = read_folder(shop)
    assert len(folder.articles) == 8
    assert [problem.file for problem in folder.problems] == ["articles/en/broken.md"]
    assert folder.problems[0].line >= 2


def test_the_last_good_version_lives_on_until_the_file_is_gone(shop, write):
    reader = FolderReader({})
    reader.read(shop)
    path = write("returns", "---\nnonsense")
    folder = reader.read(shop)
    assert "returns" in ids(folder)
    assert len(folder.problems) == 1
    path.unlink()
    folder = reader.read(shop)
    assert "returns" not in ids(folder)
    assert folder.problems == ()


def test_the_last_good_version_survives_a_restart(shop, write):
    texts = dict(read_folder(shop).texts)
    write("returns", b"\xff\xfe")
    folder = FolderReader(texts).read(shop)
    assert "returns" in ids(folder)
    assert folder.problems[0].value == "the byte 0xff"


def test_the_same_id_twice_is_reported_with_both_files(shop, write):
    write("extra/returns", GOOD.format(extra=""))
    folder = read_folder(shop)
    assert len(folder.articles) == 8
    assert "'returns' a second time" in folder.problems[0].value
    assert "articles/en/" in folder.problems[0].expected


def test_two_articles_for_one_event_are_an_error(shop, write):
    write("second", GOOD.format(extra="events: [coupon.rejected]\n"))
    folder = read_folder(shop)
    assert "second" not in ids(folder)
    assert "coupon.rejected" in folder.problems[0].value
    assert "articles/en/coupon.md" in folder.problems[0].expected


def test_one_event_with_other_conditions_is_no_clash(shop, write):
    extra = "events:\n  - {event: coupon.rejected, when: {country: GB}}\n  - coupon.rejected:expired\n"
    write("second", GOOD.format(extra=extra))
    assert read_folder(shop).problems == ()


def test_an_archived_article_does_not_clash(shop, write):
    write("second", GOOD.format(extra="events: [coupon.rejected]\nstatus: archived\n"))
    assert read_folder(shop).problems == ()


def test_a_huge_file_is_reported_without_being_read(shop, write):
    write("huge", b"x" * 5_000_000)
    assert "5,000,000 bytes" in read_folder(shop).problems[0].value


def test_a_folder_named_like_an_article_is_reported(shop):
    (shop / "articles" / "en" / "odd.md").mkdir()
    assert "not a file" in read_folder(shop).problems[0].value


def test_a_missing_folder_is_reported_and_keeps_what_was_live(shop, tmp_path):
    assert "no such folder" in read_folder(tmp_path / "nowhere").problems[0].value
    reader = FolderReader({})
    reader.read(shop)
    (shop / "articles").rename(shop / "elsewhere")
    folder = reader.read(shop)
    assert len(folder.articles) == 8
    assert len(folder.problems) == 1


def test_hidden_and_other_files_are_left_alone(shop, write):
    write(".returns.md.swp", "junk")
    (shop / "articles" / "en" / "notes.txt").write_text("junk", encoding="utf-8")
    assert read_folder(shop).problems == ()


def test_a_broken_glossary_keeps_its_last_good_version_and_is_reported(tmp_path):
    (tmp_path / "articles" / "en").mkdir(parents=True)
    glossary = tmp_path / "glossary.yml"
    reader = FolderReader({})
    assert reader.read(tmp_path).glossary.words == {}
    glossary.write_text("words: {cod: cash on delivery}", encoding="utf-8")
    good = reader.read(tmp_path)
    glossary.write_text("words: [cod]", encoding="utf-8")
    broken = reader.read(tmp_path)
    assert good.glossary.words == broken.glossary.words == {"cod": "cash on delivery"}
    assert (good.problems, [problem.file for problem in broken.problems]) == ((), ["glossary.yml"])
    assert folder_of(dict(broken.texts)).glossary == good.glossary
    assert FolderReader(dict(broken.texts)).read(tmp_path).glossary == good.glossary
    glossary.unlink()
    assert reader.read(tmp_path).glossary.words == {}


FACT = "days: {{type: days, value: {value}, owner: returns, source: sheet}}"


def test_articles_state_the_facts_that_are_on_disk_or_last_were(shop, write):
    write("window", GOOD.format(extra="") + '\nYou have {{ fact("days") }} days.\n')
    facts, reader = shop / "facts.yml", FolderReader({})

    def shown(folder):
        found = next(article for article in folder.articles if article.id == "window")
        return found.rendered(Context()).body

    assert shown(reader.read(shop)) == ""
    facts.write_text(FACT.format(value=30), encoding="utf-8")
    good = reader.read(shop)
    facts.write_text(FACT.format(value="soon"), encoding="utf-8")
    broken = reader.read(shop)
    assert shown(good) == shown(broken) == "You have 30 days."
    assert (good.problems, [problem.file for problem in broken.problems]) == ((), ["facts.yml"])
    assert shown(folder_of(dict(broken.texts))) == "You have 30 days."
    assert shown(FolderReader(dict(broken.texts)).read(shop)) == "You have 30 days."
    facts.write_text(FACT.format(value=14), encoding="utf-8")
    assert shown(reader.read(shop)) == "You have 14 days."
    facts.unlink()
    assert shown(reader.read(shop)) == ""


def test_articles_that_did_not_change_stay_the_same_objects(shop):
    (shop / "facts.yml").write_text(FACT.format(value=30), encoding="utf-8")
    reader = FolderReader({})
    first, second = reader.read(shop), reader.read(shop)
    assert all(one is other for one, other in zip(first.articles, second.articles, strict=True))
