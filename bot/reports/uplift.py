"""What a trigger does to orders, in figures that may be looked at every day. Pure: no database, no clock.

Every visitor was drawn into treated (z = 1) with a known probability p, else into control (z = 0), and
ordered (y = 1) or not (y = 0). m is the share of orders among the visitors before this one. The score

    x = (y - m) (z - p) / (p (1 - p))

has the visitor's own effect e as its expectation, whatever the past was: ordered if treated, minus ordered if
not. So for every fixed bet b and the sum E of the effects so far,

    product of (1 + b x), times exp(-b E)

is a supermartingale that begins at 1, because 1 + b e <= exp(b e); so is a mixture of such with several b. By
Ville's inequality it ever reaches 1/a with probability a at most, however often one looks.

The test puts E = 0: it bets on the arm, knowing the outcome. It is a martingale where the trigger changes
nothing, and a supermartingale where its effects are of the other sign; so helping (b > 0) and hurting (b < 0)
are tested each on its own. With b = p (1 - p) (r1 - r0) / (m (1 - m)), r1 and r0 the shares of orders in the
two arms, 1 + b x is exactly the likelihood ratio of the arm given the outcome; as nobody knows r1 and r0,
bets of many sizes are mixed. The interval holds every mean effect E / n that the two mixtures do not refute,
so it leaves out zero just where the test decides. It assumes nothing of the shares of orders or the effects,
which may drift: what it holds at all times is the mean effect on the visitors so far.

Sources: Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 2024; Duan,
Ramdas & Wasserman, "Interactive rank testing by betting", CLeaR 2022; Howard, Ramdas, McAuliffe & Sekhon,
"Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 2021, whose interval
for mean effects this one lies within (their lower bound on log(1 + b x) is not needed here).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

FALSE_ALARMS = 0.05
DECIDES = 2 / FALSE_ALARMS
"""The e-value at which one side is beyond doubt: both sides together err with probability 0.05 at most."""

_TYPICAL_BET = 0.15
_BETS: Floats = np.geomspace(0.01, 1.0, 14)
_LOG_WEIGHTS: Floats = -0.5 * np.log(_BETS / _TYPICAL_BET) ** 2
_LOG_WEIGHTS = _LOG_WEIGHTS - np.log(np.exp(_LOG_WEIGHTS).sum())
_LARGEST_LOG = 690.0
_HALVINGS = 40


class Verdict(StrEnum):
    """What the test says by now."""

    HELPS = "helps"
    HURTS = "hurts"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Count:
    """How many visitors one arm has had, and how many of them ordered."""

    visitors: int
    orders: int

    @property
    def share(self) -> float | None:
        """Orders for each visitor; None without visitors."""
        return self.orders / self.visitors if self.visitors else None


@dataclass(frozen=True, slots=True)
class Uplift:
    """Both arms, their difference in shares with its interval, and the largest e-value of each side."""

    treated: Count
    control: Count
    low: float
    high: float
    helps: float
    hurts: float

    @property
    def difference(self) -> float | None:
        """Treated's share of orders minus control's; None while an arm is empty."""
        treated, control = self.treated.share, self.control.share
        return None if treated is None or control is None else treated - control

    @property
    def verdict(self) -> Verdict:
        """Which side is beyond doubt. Where both once were, neither is."""
        if (self.helps >= DECIDES) == (self.hurts >= DECIDES):
            return Verdict.OPEN
        return Verdict.HELPS if self.helps >= DECIDES else Verdict.HURTS


def measure(ordered: Flags, treated: Flags, control_share: Floats) -> Uplift:
    """The figures for visitors in the order of their exposure, each with the chance they had of control."""
    drawn = control_share > 0  # who could not fall into control says nothing about it
    ordered, treated, control_share = ordered[drawn], treated[drawn], control_share[drawn]
    in_treated = Count(int(treated.sum()), int(ordered[treated].sum()))
    in_control = Count(int((~treated).sum()), int(ordered[~treated].sum()))
    if not ordered.size:
        return Uplift(in_treated, in_control, -1.0, 1.0, 1.0, 1.0)
    outcomes, arms = ordered.astype(float), treated.astype(float)
    low, high = interval(outcomes, arms, control_share)
    helps, hurts = (
        float(np.exp(np.clip(log_evidence(outcomes, arms, control_share, side).max(), 0.0, _LARGEST_LOG)))
        for side in (1, -1)
    )
    return Uplift(in_treated, in_control, float(low[0]), float(high[0]), helps, hurts)


def log_evidence(ordered: Floats, treated: Floats, control_share: Floats | float, side: int) -> Floats:
    """The logarithm of the e-process after each visitor; `side` 1 bets that it helps, -1 that it hurts.

    The last axis is the order of exposure; others, as of many simulated experiments, are kept.
    """
    scores = side * _scores(ordered, treated, control_share)
    total = np.full(scores.shape, -np.inf)
    for bet, log_weight in zip(_BETS, _LOG_WEIGHTS, strict=True):
        np.logaddexp(total, log_weight + np.cumsum(np.log1p(bet * scores), axis=-1), out=total)
    return total


def interval(
    ordered: Floats, treated: Floats, control_share: Floats | float, looks: Sequence[int] = (-1,)
) -> tuple[Floats, Floats]:
    """The lower and upper ends of the interval for the mean effect, at each of `looks` (0: one visitor).

    All of them hold at once with probability 0.95. The size of the bets comes from the smallest share of
    control, so exact as long as that is not lowered on the way.
    """
    share = np.broadcast_to(np.asarray(control_share, dtype=float), ordered.shape)
    rarest = float(np.minimum(share, 1 - share).min())
    bets = _BETS * rarest * (1 - rarest)
    scores = _scores(ordered, treated, share) / (share * (1 - share))
    seen = np.arange(1, ordered.shape[-1] + 1, dtype=np.float64)[list(looks)]
    low = _least(scores, bets, seen, looks)
    return low, -_least(-scores, bets, seen, looks)


def _least(scores: Floats, bets: Floats, seen: Floats, looks: Sequence[int]) -> Floats:
    """The smallest mean effect that the bets on larger ones do not refute, found by halving."""
    wealth = np.stack([np.cumsum(np.log1p(bet * scores), axis=-1)[..., list(looks)] for bet in bets], axis=-1)
    wealth += _LOG_WEIGHTS
    low, high = np.full(wealth.shape[:-1], -1.0), np.ones(wealth.shape[:-1])
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        left = np.logaddexp.reduce(wealth - np.multiply.outer(middle * seen, bets), axis=-1)
        refuted = left >= np.log(DECIDES)
        low, high = np.where(refuted, middle, low), np.where(refuted, high, middle)
    return low


def _scores(ordered: Floats, treated: Floats, control_share: Floats | float) -> Floats:
    """x (p (1 - p)) of each visitor; m begins at a half and needs no data of the visitor itself."""
    before = np.cumsum(ordered, axis=-1) - ordered
    mean = (before + 1) / (np.arange(ordered.shape[-1]) + 2)
    scores: Floats = (ordered - mean) * (treated - (1 - control_share))
    return scores
