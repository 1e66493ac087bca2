"""Whether the assistant may speak first now: pure, from what a shopper was shown before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.store.nudges import Shown
from knowledge_base.triggers import Manners, Rule

DAY = timedelta(days=1)


def memory(manners: Manners) -> timedelta:
    """How far back `refusal` looks."""
    return max(2 * timedelta(days=manners.quiet_days), DAY)


def refusal(
    rule: Rule,
    about: str,
    manners: Manners,
    shown: Sequence[Shown],
    now: datetime,
    session_since: datetime | None,
) -> str | None:
    """Why nothing may be shown, or None where it may.

    `quiet`: several were put away, and it is silent for a while. `dismissed`: this very one was put away.
    The caps of guesses: `per_trigger_day`, `per_day`, `per_session`.
    """
    if _is_quiet(manners, shown, now):
        return "quiet"
    quiet = timedelta(days=manners.quiet_days)
    if any(one.about == about and one.dismissed_at and now - one.dismissed_at < quiet for one in shown):
        return "dismissed"
    if not rule.guess:
        return None
    guesses = [one for one in shown if one.guess]
    today = [one for one in guesses if now - one.at < DAY]
    if sum(one.trigger == rule.id for one in today) >= manners.per_trigger_day:
        return "per_trigger_day"
    if len(today) >= manners.per_day:
        return "per_day"
    if sum(session_since is None or one.at >= session_since for one in guesses) >= manners.per_session:
        return "per_session"
    return None


def _is_quiet(manners: Manners, shown: Sequence[Shown], now: datetime) -> bool:
    """Whether the last of `quiet_after` dismissals, all within `quiet_days`, is not `quiet_days` ago."""
    quiet = timedelta(days=manners.quiet_days)
    dismissed = sorted(one.dismissed_at for one in shown if one.dismissed_at)
    return any(
        now - last < quiet and last - first < quiet
        for first, last in zip(dismissed, dismissed[manners.quiet_after - 1 :], strict=False)
    )
