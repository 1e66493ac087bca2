"""Who may sign in at the desk, and how long that lasts."""

import json

from tests.contract.desk.people import EDITOR, MAYA, PASSWORD, StaffedBot


async def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(bot: StaffedBot) -> None:
    async with bot.http() as http:
        assert (await http.get("/desk/api/me")).status_code == 401
        reply = await http.post("/desk/api/sign-in", json={"email": MAYA, "password": PASSWORD})
        assert reply.status_code == 200
        said = reply.json()["staff"]
        assert said | {"id": ""} == {"id": "", "name": "Maya", "email": MAYA, "role": "agent"}
        cookie = reply.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert "max-age=43200" in cookie
        assert "secure" not in cookie
        assert (await http.get("/desk/api/me")).json() == reply.json()
        signed_out = await http.post("/desk/api/sign-out", json={})
        assert signed_out.status_code == 200
        assert "desk_session" not in http.cookies


async def test_signing_out_ends_the_sign_in_and_not_only_the_cookie(bot: StaffedBot) -> None:
    cookie = {"Cookie": f"desk_session={await bot.cookie()}"}
    async with bot.http(**cookie) as http:
        assert (await http.get("/desk/api/me")).status_code == 200
        await http.post("/desk/api/sign-out", json={})
        assert (await http.get("/desk/api/me", headers=cookie)).status_code == 401


async def test_behind_https_the_cookie_is_for_https_only(bot: StaffedBot) -> None:
    async with bot.http(Origin=bot.url.replace("http:", "https:")) as http:
        reply = await http.post("/desk/api/sign-in", json={"email": MAYA, "password": PASSWORD})
    assert "secure" in reply.headers["set-cookie"].lower()


REFUSED: list[tuple[dict[str, str], object, str, int]] = [
    ({}, {"email": MAYA, "password": "the wrong password"}, "not_signed_in", 401),
    ({}, {"email": "nobody@fernhill.example", "password": PASSWORD}, "not_signed_in", 401),
    ({}, {"email": EDITOR, "password": PASSWORD}, "not_allowed", 403),
    ({"Origin": "https://evil.example"}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Origin": "null"}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Origin": ""}, {"email": MAYA, "password": PASSWORD}, "wrong_origin", 403),
    ({"Content-Type": "text/plain"}, {"email": MAYA, "password": PASSWORD}, "bad_value", 400),
    ({}, {"email": MAYA}, "bad_value", 400),
    ({}, {"email": MAYA, "password": [PASSWORD]}, "bad_value", 400),
    ({}, [PASSWORD], "bad_value", 400),
    ({}, {"email": MAYA, "password": PASSWORD * 1000}, "bad_value", 400),
]


async def test_a_sign_in_that_is_refused_says_why_and_never_the_password(bot: StaffedBot) -> None:
    for headers, body, code, status in REFUSED:
        async with bot.http(**{"Content-Type": "application/json", **headers}) as http:
            reply = await http.post("/desk/api/sign-in", content=json.dumps(body))
        error = reply.json()["error"]
        assert (error["code"], error["status"], reply.status_code) == (code, status, status), body
        assert error["message"], body
        assert error["hint"], body
        assert PASSWORD not in reply.text, body
        assert "wrong password" not in reply.text, body
        assert "set-cookie" not in reply.headers, body


async def test_guessing_is_slowed_down(bot: StaffedBot) -> None:
    async with bot.http() as http:
        replies = [
            await http.post("/desk/api/sign-in", json={"email": MAYA, "password": "the wrong password"})
            for _ in range(6)
        ]
    assert [reply.status_code for reply in replies] == [401] * 5 + [429]
    assert replies[-1].json()["error"]["hint"] == "Try again in 5 minutes."
