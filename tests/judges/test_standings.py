from itertools import combinations, permutations

import numpy as np
import pytest

from bench.judges.standings import Standing, choice, standings

EVERY = [
    Standing(better, equal, better + equal + worse, options)
    for better in range(3)
    for equal in range(3)
    for worse in range(3)
    for options in range(2, 5)
    if 0 < options - 1 <= better + equal + worse
]


def drawn_and_ranked(standing: Standing) -> list[int]:
    """The rank of the right option in every draw of rivals and every order of ties: the slow way."""
    worse = standing.rivals - standing.better - standing.equal
    rivals = [1] * standing.better + [0] * standing.equal + [-1] * worse
    ranks = []
    for shown in combinations(range(len(rivals)), standing.options - 1):
        scores = [0, *(rivals[k] for k in shown)]
        for luck in permutations(range(len(scores))):
            order = sorted(range(len(scores)), key=lambda k: (-scores[k], luck[k]))
            ranks.append(1 + order.index(0))
    return ranks


@pytest.mark.parametrize("standing", EVERY, ids=str)
def test_expectations_are_those_over_every_draw_and_every_order_of_ties(standing):
    ranks = np.array(drawn_and_ranked(standing))
    assert standing.chosen == pytest.approx((ranks == 1).mean(), abs=1e-12)
    assert standing.reciprocal == pytest.approx((1 / ranks).mean(), abs=1e-12)


@pytest.mark.parametrize("options", [2, 4, 5, 10])
def test_a_judge_that_cannot_tell_is_right_by_chance(options):
    blind = Standing(0, options - 1, options - 1, options)
    assert blind.chosen == pytest.approx(1 / options)
    assert blind.reciprocal == pytest.approx(sum(1 / k for k in range(1, options + 1)) / options)
    assert blind.alone == 0


def test_the_chance_of_the_reciprocal_rank_is_the_published_one():
    found = [round(Standing(0, k - 1, k - 1, k).reciprocal, 3) for k in (2, 4, 5, 10)]
    assert found == [0.75, 0.521, 0.457, 0.293]


def test_beating_all_others_is_right_wherever_the_option_stands():
    assert Standing(0, 0, 4, 5).alone == 1
    assert Standing(1, 0, 4, 5).alone == 0
    assert Standing(1, 0, 4, 2).alone == 0.75


def test_scores_become_standings_and_a_small_circle_a_small_choice():
    own, scores = np.array([0.5, 0.2, 0.1]), np.array([[0.5, 0.9, 0.5], [0.1, 0.2, 0.1], [0.0, 0.0, 0.1]])
    allowed = np.array([[False, True, True], [True, False, True], [False, False, False]])
    assert standings(own, scores, allowed, 5) == [Standing(1, 1, 2, 3), Standing(0, 0, 2, 3), None]


def test_scores_that_differ_by_rounding_are_equal():
    assert standings(np.array([0.3]), np.array([[0.1 + 0.2]]), np.ones((1, 1), bool), 2) == [Standing(0, 1, 1, 2)]


def test_one_choice_is_a_standing():
    assert choice(3, 3, 5).chosen == 1
    assert choice(2, 3, 5).chosen == 0
    assert choice(2, 3, 5).reciprocal == pytest.approx((1 / 2 + 1 / 3 + 1 / 4 + 1 / 5) / 4)
    assert choice(None, 3, 5).reciprocal == 1 / 5


def test_a_judge_that_chooses_by_chance_has_the_reciprocal_rank_of_chance():
    assert np.mean([choice(k, 0, 5).reciprocal for k in range(5)]) == pytest.approx(Standing(0, 4, 4, 5).reciprocal)
