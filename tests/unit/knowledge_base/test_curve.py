"""Signs as a probability."""

from dataclasses import replace

import numpy as np
import pytest

from knowledge_base.curve import REACHED_PRIOR, RIGHT_PRIOR, Signs, bent

GOOD = Signs(similarity=0.8, gap=0.5, words=1.5, share=0.8, centre=0.8, crowd=0.4, apart=0.2, beyond=-0.3)


@pytest.mark.parametrize("prior", [RIGHT_PRIOR, REACHED_PRIOR])
@pytest.mark.parametrize(
    ("name", "better"), [("gap", 0.3), ("words", 1.0), ("centre", 0.1), ("apart", -0.4), ("beyond", -0.3)]
)
def test_a_better_sign_never_lowers_the_probability(prior, name, better):
    improved = replace(GOOD, **{name: getattr(GOOD, name) + better})
    assert prior(improved) >= prior(GOOD)
    assert prior(improved) > prior(GOOD) or getattr(prior, name) == 0


def test_signs_beyond_all_measure_stay_a_probability():
    wild = Signs(similarity=9, gap=50, words=1e6, share=1, centre=3, crowd=-4, apart=-1e9, beyond=7)
    assert 0 <= RIGHT_PRIOR(wild) <= 1
    assert wild.row.max() < 10


def test_bending_learns_what_tells_right_from_wrong():
    random = np.random.default_rng(4)
    rows = np.stack([replace(GOOD, crowd=crowd).row for crowd in random.uniform(0, 0.8, 600)])
    right = rows[:, 6] > 0.4
    even = np.ones(len(rows))
    curve = bent(RIGHT_PRIOR, rows, right, shaping=even, traffic=even)
    assert curve.crowd > RIGHT_PRIOR.crowd
    assert curve(replace(GOOD, crowd=0.7)) > 0.8 > 0.3 > curve(replace(GOOD, crowd=0.1))


def test_no_sign_is_ever_bent_to_count_the_wrong_way():
    random = np.random.default_rng(5)
    rows = np.stack([replace(GOOD, gap=gap).row for gap in random.uniform(0, 0.8, 600)])
    narrow_gap_is_right = rows[:, 2] < 0.4
    even = np.ones(len(rows))
    assert bent(RIGHT_PRIOR, rows, narrow_gap_is_right, shaping=even, traffic=even).gap >= 0


def test_the_traffic_decides_how_probable_and_the_shape_what_is_more_probable():
    random = np.random.default_rng(6)
    gaps = random.uniform(0, 0.8, 2_000)
    rows = np.stack([replace(GOOD, gap=gap).row for gap in gaps])
    right = random.uniform(size=2_000) < gaps
    even, seldom_right = np.ones(2_000), np.where(right, 0.2, 1.0)
    curve = bent(RIGHT_PRIOR, rows, right, shaping=even, traffic=seldom_right)
    probability = np.array([curve(replace(GOOD, gap=gap)) for gap in gaps])
    share_right = float((seldom_right * right).sum() / seldom_right.sum())
    stated = float((seldom_right * probability).sum() / seldom_right.sum())
    assert stated == pytest.approx(share_right, abs=0.03)
