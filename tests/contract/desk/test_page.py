"""The page of the desk, and the files it loads."""

import json
from pathlib import Path

from tests.contract.desk.people import StaffedBot


async def test_without_a_build_the_page_says_what_to_do(bot: StaffedBot) -> None:
    async with bot.http() as http:
        reply = await http.get("/desk")
    assert reply.status_code == 503
    assert "make setup" in reply.text


async def test_the_page_loads_the_build_and_nothing_else(bot: StaffedBot, tmp_path: Path) -> None:
    built = tmp_path / "static" / "desk"
    built.mkdir(parents=True)
    files = {
        name: {"path": f"/desk/assets/{name}", "integrity": f"sha384-{name}"}
        for name in ("desk.js", "desk.css")
    }
    (built / "manifest.json").write_text(json.dumps({"files": files}), encoding="utf-8")
    (built / "desk.js").write_text("1", encoding="utf-8")
    async with bot.http() as http:
        page = await http.get("/desk")
        script = await http.get("/desk/assets/desk.js")
        missing = [
            await http.get(path) for path in ("/desk/assets/x.js", "/desk/assets/..%2f..%2fvar%2fsecret")
        ]
    assert page.status_code == 200
    assert 'src="/desk/assets/desk.js" integrity="sha384-desk.js"' in page.text
    assert 'href="/desk/assets/desk.css" integrity="sha384-desk.css"' in page.text
    rules = page.headers["content-security-policy"]
    assert "default-src 'none'" in rules
    assert "script-src 'self';" in rules
    assert "unsafe" not in rules
    assert "frame-ancestors 'none'" in rules
    assert page.headers["cache-control"] == "no-store"
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-type"].startswith("text/javascript")
    assert [reply.status_code for reply in missing] == [404, 404]
