import pytest

from bench.artifacts import Effect
from bench.truth.status import StatusRules

RULES = StatusRules(
    clean_top=0.85, clean_second=0.10, two_sum=0.85, two_second=0.25, entangled_part=0.15, entangled_below=0.5, named=0.15
)


@pytest.mark.parametrize(
    ("shares", "status"),
    [
        ((1.0,), "clean"),
        ((0.9, 0.1), "clean"),
        ((0.85, 0.05, 0.05, 0.05), "clean"),
        ((0.88, 0.12), "mixed"),  # the second is too large for clean, too small for two-factor
        ((0.5, 0.5), "two_factor"),
        ((0.6, 0.25, 0.15), "two_factor"),
        ((0.45, 0.45, 0.1), "two_factor"),  # though no share reaches one half
        ((0.6, 0.24, 0.16), "entangled"),  # three parts above 0.15
        ((0.34, 0.33, 0.33), "entangled"),
        ((0.49, 0.21, 0.1, 0.1, 0.1), "entangled"),  # no share reaches one half
        ((0.55, 0.15, 0.15, 0.15), "mixed"),
        ((0.8, 0.2), "mixed"),
    ],
)
def test_the_status_of_shares(shares, status) -> None:
    assert RULES.status({f"f{i}": share for i, share in enumerate(shares)}) == status


def test_the_order_of_factors_does_not_matter() -> None:
    assert RULES.status({"a": 0.05, "b": 0.95}) == RULES.status({"b": 0.95, "a": 0.05}) == "clean"


def test_thresholds_are_those_of_the_rules() -> None:
    strict = StatusRules(
        clean_top=0.95, clean_second=0.0, two_sum=1.0, two_second=0.5, entangled_part=0.15, entangled_below=0.5, named=0.15
    )
    assert strict.status({"a": 0.94, "b": 0.06}) == "mixed"


def test_a_full_answer_names_the_large_shares_largest_first() -> None:
    effects = RULES.effects({"a": 0.3, "b": 0.55, "c": 0.15}, {"a": 1, "b": None, "c": -1})
    assert effects == (Effect("b", 0.55, None), Effect("a", 0.3, 1))


def test_a_full_answer_names_the_largest_share_in_any_case() -> None:
    shares = dict.fromkeys("abcdefgh", 0.125)
    assert [effect.factor for effect in RULES.effects(shares, dict.fromkeys(shares))] == ["a"]
