"""Files of the report: one for each suite, one page of them all."""

import dataclasses
import json
from pathlib import Path

from knowledge_base.report.figures import Run
from knowledge_base.report.record import write_report


def test_several_suites_stand_on_one_page_the_one_just_measured_first(run: Run, tmp_path: Path) -> None:
    write_report(run, tmp_path)
    write_report(dataclasses.replace(run, suite="other"), tmp_path)
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert page.index('<h2 id="suite-other">') < page.index('<h2 id="suite-small-suite">')
    assert {file.name for file in (tmp_path / "suites").iterdir()} == {"small-suite.json", "other.json"}


def test_the_file_holds_what_is_returned_and_the_next_run_is_compared_with_it(
    run: Run, tmp_path: Path
) -> None:
    first = write_report(run, tmp_path)
    assert json.loads((tmp_path / "suites" / "small-suite.json").read_text(encoding="utf-8")) == first
    second = write_report(run, tmp_path)
    assert second["before"]["at"] == first["at"]
    assert second["changed"]["counts"] == []


def test_a_damaged_file_is_left_out_and_made_anew(run: Run, tmp_path: Path) -> None:
    (tmp_path / "suites").mkdir()
    for name in ("small-suite", "other"):
        (tmp_path / "suites" / f"{name}.json").write_text("{", encoding="utf-8")
    assert write_report(run, tmp_path)["before"] is None
    assert 'id="suite-other"' not in (tmp_path / "index.html").read_text(encoding="utf-8")
