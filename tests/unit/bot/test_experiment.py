"""Arms: for ever the same, as many in control as wanted, and nothing to do with one another."""

import subprocess
import sys

import pytest

from bot.experiment import Arm, arm

SECRET = b"a secret of the shop's own server"
VISITORS = [f"visitor-{number}" for number in range(20_000)]


def in_control(trigger: str, share: float, secret: bytes = SECRET) -> list[bool]:
    return [arm(secret, visitor, trigger, share) is Arm.CONTROL for visitor in VISITORS]


@pytest.mark.parametrize("share", [0.0, 0.01, 0.1, 0.5])
def test_as_many_visitors_as_wanted_are_in_control(share: float) -> None:
    found = sum(in_control("declined-card", share)) / len(VISITORS)
    assert found == pytest.approx(share, abs=4 * (share * (1 - share) / len(VISITORS)) ** 0.5)


def test_a_visitor_stays_in_an_arm_also_in_another_process() -> None:
    told = "from bot.experiment import arm; print(*[arm(b'secret', f'v{n}', 'idle', .5) for n in range(40)])"
    other = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert other.stdout.split() == [arm(b"secret", f"v{number}", "idle", 0.5) for number in range(40)]


def test_the_arm_of_one_trigger_says_nothing_about_another_or_under_another_secret() -> None:
    first = in_control("declined-card", 0.5)
    for other in (in_control("idle", 0.5), in_control("declined-card", 0.5, b"another secret")):
        same = sum(one == two for one, two in zip(first, other, strict=True)) / len(VISITORS)
        assert same == pytest.approx(0.5, abs=0.02)


def test_raising_the_share_only_moves_visitors_into_control() -> None:
    tenth, fifth = in_control("idle", 0.1), in_control("idle", 0.2)
    assert all(later for earlier, later in zip(tenth, fifth, strict=True) if earlier)


def test_names_that_run_together_are_not_the_same_draw() -> None:
    one = [arm(SECRET, f"{number}b", "a", 0.5) for number in range(200)]
    two = [arm(SECRET, f"{number}", "ab", 0.5) for number in range(200)]
    assert one != two
