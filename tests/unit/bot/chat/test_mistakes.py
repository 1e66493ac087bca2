"""What a page reports wrongly is told once."""

from structlog.testing import capture_logs

from bot.chat.mistakes import Mistakes


def test_a_mistake_is_told_once_for_each_site_and_event() -> None:
    with capture_logs() as logs:
        mistakes = Mistakes()
        for _ in range(100):
            mistakes.tell("fernhill", "payment.failed", ["'code' is missing"])
        mistakes.tell("fernhill", "coupon.rejected", ["'reason' is missing"])
        mistakes.tell("other", "payment.failed", ["'code' is missing"])
        mistakes.tell("other", "total.changed", [])
    assert [(line["site"], line["trigger"]) for line in logs] == [
        ("fernhill", "payment.failed"),
        ("fernhill", "coupon.rejected"),
        ("other", "payment.failed"),
    ]
    assert all(line["next_step"] and line["problems"] for line in logs)


def test_what_is_remembered_is_bounded() -> None:
    mistakes = Mistakes(most=2)
    with capture_logs() as logs:
        for event in ("a", "b", "c", "a"):
            mistakes.tell("fernhill", event, ["wrong"])
    assert len(logs) == 4
