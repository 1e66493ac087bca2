"""What a trigger does to orders, in figures that may be looked at every day. Pure: no database, no clock.

Every visitor was drawn into treated (z = 1) with a known probability p, else into control (z = 0), and
ordered (y = 1) or not (y = 0). m is the share of orders among the visitors before this one. All rests on

    x = (y - m) (z - p)

The test bets on the arm, knowing the outcome. Where a trigger changes nothing, z is independent of y, so
whatever the past was, E[x | y, past] = 0 and the product of 1 + b x is a martingale for every fixed bet b: an
e-process. By Ville's inequality it ever reaches 1/a with probability a at most, however often one looks
(Waudby-Smith & Ramdas, "Estimating means of bounded random variables by betting", JRSS B 2024; Duan, Ramdas &
Wasserman, "Interactive rank testing by betting", CLeaR 2022). If b is (r1 - r0) / (m (1 - m)), with r1 and r0
the shares of orders in the two arms, 1 + b x is exactly the likelihood ratio of the arm given the outcome; as
nobody knows r1 and r0, bets of many sizes are mixed. A bet on harm stays a supermartingale where the trigger
helps, and the other way round, so each side is a test of its own.

The interval rests on x / (p (1 - p)), the inverse-probability-weighted score, whose expectation given the
past is the visitor's own effect (orders if treated minus orders if not). With S its sum, T the sum of the
effects, V the sum of its squares, c its bound and psi(b) = (-log(1 - cb) - cb) / c^2,
exp(b (S - T) - psi(b) V) is a supermartingale for every b in [0, 1/c) (Howard, Ramdas, McAuliffe & Sekhon,
"Time-uniform, nonparametric, nonasymptotic confidence sequences", Annals of Statistics 2021; the inequality
is Fan, Grama & Liu's, 2015). The same bets are mixed. It is exact for every number of visitors, also where
shares of orders drift: what it holds at all times is the mean effect on the visitors so far.
"""

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
_HALVINGS = 60
_TABLE = 1_000


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
        float(np.exp(min(_LARGEST_LOG, log_evidence(outcomes, arms, control_share, side).max())))
        for side in (1, -1)
    )
    return Uplift(in_treated, in_control, float(low[-1]), float(high[-1]), max(1.0, helps), max(1.0, hurts))


def log_evidence(ordered: Floats, treated: Floats, control_share: Floats | float, side: int) -> Floats:
    """The logarithm of the e-process after each visitor; `side` 1 bets that it helps, -1 that it hurts.

    The last axis is the order of exposure; others, as of many simulated experiments, are kept.
    """
    scores = side * _scores(ordered, treated, control_share)
    total = np.full(scores.shape, -np.inf)
    for bet, log_weight in zip(_BETS, _LOG_WEIGHTS, strict=True):
        wealth = np.log1p(bet * scores)
        np.cumsum(wealth, axis=-1, out=wealth)
        np.logaddexp(total, wealth + log_weight, out=total)
    return total


def interval(ordered: Floats, treated: Floats, control_share: Floats | float) -> tuple[Floats, Floats]:
    """The lower and upper ends of the 95 % interval for the mean effect, after each visitor.

    All of them hold at once with probability 0.95. Exact as long as the share of control is not lowered
    below every earlier one.
    """
    share = np.broadcast_to(np.asarray(control_share, dtype=float), ordered.shape)
    scores = _scores(ordered, treated, share) / (share * (1 - share))
    seen = np.arange(1, ordered.shape[-1] + 1)
    rarest = float(np.minimum(share, 1 - share).min())
    centre = np.cumsum(scores, axis=-1) / seen
    half = _margin(np.cumsum(scores**2, axis=-1), rarest) / seen
    return np.maximum(centre - half, -1.0), np.minimum(centre + half, 1.0)


def _scores(ordered: Floats, treated: Floats, control_share: Floats | float) -> Floats:
    """x of each visitor; m begins at a half and needs no data of the visitor itself."""
    before = np.cumsum(ordered, axis=-1) - ordered
    mean = (before + 1) / (np.arange(ordered.shape[-1]) + 2)
    scores: Floats = (ordered - mean) * (treated - (1 - control_share))
    return scores


def _margin(variance: Floats, rarest: float) -> Floats:
    """How far the sum of scores may stray from the sum of effects, either way, for each sum of squares.

    Read off a table, each rounded up to its next entry.
    """
    table = np.concatenate(([0.0], np.geomspace(1.0, max(float(variance.max()), 1.0) * 1.001, _TABLE)))
    bets = _BETS * rarest * (1 - rarest)
    bound = 1 / rarest
    growth = (-np.log1p(-bound * bets) - bound * bets) / bound**2
    wealth_needed = np.log(DECIDES)
    low, high = np.zeros_like(table), 1 / bets[0] * (wealth_needed + 1) * (1 + table)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        exponents = _LOG_WEIGHTS + np.multiply.outer(middle, bets) - np.multiply.outer(table, growth)
        enough = np.logaddexp.reduce(exponents, axis=-1) >= wealth_needed
        low, high = np.where(enough, low, middle), np.where(enough, middle, high)
    margins: Floats = high[np.searchsorted(table, variance)]
    return margins
