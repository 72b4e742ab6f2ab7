from dataclasses import replace

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from bench.artifacts import Effect, Truth
from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.errors import ConfigError, DataError
from bench.interfaces import TruthSource
from bench.models.exact import ExactDecoder
from bench.models.gates import Gated, Switch
from bench.models.mixtures import Blend, Polar, Rotation
from bench.models.wires import Periodic, Ramp
from bench.shipped import shipped
from bench.truth.matching import Matching
from bench.truth.table import table
from tests.truth.stamps import Press, Stamps, words


def config(override: str):
    with initialize_config_dir(str(shipped("conf").resolve()), version_base="1.3"):
        return OmegaConf.to_container(compose(overrides=[override]), resolve=True)


AS_SHIPPED = build(config("+truth=recovered")["truth"])
READER = Matching(bank=4000, pool=4, components=64, passes=2, reach=3)
WORLD = Stamps()
LABEL = replace(AS_SHIPPED, references=32, steps=7, grid=5, sample=2000, reader=READER, context=6, reliable=0.5)


def ramp(latent: int, factor: str, low: float = -2.0, high: float = 2.0, sign: int = 1) -> Ramp:
    return Ramp(latent=latent, factor=factor, low=low, high=high, sign=sign, power=1.0)


def truths(*wires, latents: int = 3, groups=(), label=LABEL, stamps=WORLD) -> dict[str, Truth]:
    decoder = ExactDecoder(latents=latents, wires=wires, spans={}, groups=groups, conditions={}, under={})
    return {truth.unit: truth for truth in label(decoder.load(stamps, {}), stamps)}


def effects(truth: Truth) -> dict[str, int | None]:
    return {effect.factor: effect.sign for effect in truth.effects}


def press(gain: dict[int, float], heard: dict[int, float], **rest) -> Truth:
    """The truth of a latent that moves some factors and hears some, beside one that does neither."""
    rows = [[values.get(k, 0.0) for k in range(5)] for values in (gain, heard)]
    model = Press(gains=(tuple(rows[0]), (0.0,) * 5), heard=(tuple(rows[1]), (0.0,) * 5))
    return LABEL(model, Stamps())[0] if not rest else replace(LABEL, **rest)(model, Stamps())[0]


def test_ramps_are_clean_with_their_sign() -> None:
    found = truths(ramp(0, "x"), ramp(1, "glow", sign=-1))
    assert [(t.status, effects(t)) for t in found.values()] == [("clean", {"x": 1}), ("clean", {"glow": -1}), ("inactive", {})]
    assert {t.source for t in found.values()} == {"recovered"}


def test_a_categorical_factor_has_no_sign() -> None:
    assert effects(truths(ramp(0, "kind"))["z0"]) == {"kind": None}


def test_a_factor_without_words_for_a_rise_has_no_sign() -> None:
    """A hue goes round a circle: nobody could tell its direction, so that no answer is held to one."""
    found = truths(ramp(0, "light", -4.0, 4.0), ramp(1, "x"), stamps=Stamps(vocabulary=words("x")))
    assert [effects(found[unit]) for unit in ("z0", "z1")] == [{"light": None}, {"x": 1}]


def test_a_swing_has_no_sign() -> None:
    found = truths(Periodic(latent=0, factor="y", cycles=2.0, reach=2.3), label=replace(LABEL, steps=13))["z0"]
    assert (found.status, effects(found)) == ("clean", {"y": None})


def test_a_turn_keeps_its_sign_for_every_kind() -> None:
    found = truths(ramp(0, "light", -4.0, 4.0), ramp(1, "kind", -1.0, 1.0))
    assert (found["z0"].status, effects(found["z0"])) == ("clean", {"light": 1})


def test_a_rotation_splits_its_shares() -> None:
    found = truths(Rotation(latents=(0, 1), factors=("x", "y"), degrees=45.0, reach=4.0))
    assert found["z0"].status == found["z1"].status == "two_factor"
    assert effects(found["z0"]) == {"x": 1, "y": 1}
    assert effects(found["z1"]) == {"x": -1, "y": 1}
    assert found["z0"].evidence["share/x"] == pytest.approx(0.5, abs=0.06)


def test_duplicates_are_clean_alone_and_no_group() -> None:
    found = truths(Blend(latents=(0, 1), factor="x", weights=(0.6, 0.6), reach=3.5), groups=((0, 1),))
    assert [found[name].status for name in ("z0", "z1", "z0+z1")] == ["clean"] * 3


def test_polar_latents_are_a_group() -> None:
    found = truths(Polar(latents=(0, 1), factors=("x", "y"), reach=2.3, turns=1.0), groups=((0, 1), (1, 2)))
    assert found["z0+z1"].status == "group"
    assert found["z1+z2"].evidence["interaction"] < 0.05


def test_a_latent_that_acts_for_one_kind_is_conditional() -> None:
    found = truths(ramp(0, "kind", -0.1, 0.1), Gated(gate="kind", low=0.9, high=1.0, wire=ramp(1, "x")))["z1"]
    assert (found.status, effects(found)) == ("conditional", {"x": 1})
    assert found.evidence["acts"] == pytest.approx(0.5, abs=0.25)


def test_a_switch_is_conditional_and_has_a_direction() -> None:
    found = truths(Switch(latents=(0, 1), factor="x", rule="and", threshold=0.0, resting=0.2, acting=0.8))["z0"]
    assert (found.status, effects(found)) == ("conditional", {"x": 1})


def test_encoder_and_decoder_that_agree_make_a_clean_latent() -> None:
    found = press({1: 2.0}, {1: 1.0})
    assert (found.status, effects(found), found.evidence["mismatch"]) == ("clean", {"x": 1}, 0.0)
    assert found.evidence["explained/x"] == pytest.approx(1.0, abs=1e-3)


def test_an_encoder_that_hears_another_factor_is_a_mismatch() -> None:
    found = press({1: 2.0}, {2: 1.0})
    assert (found.status, effects(found), found.evidence["mismatch"]) == ("mixed", {"x": 1}, 1.0)


def test_a_latent_that_the_decoder_ignores_is_ambiguous_when_the_encoder_uses_it() -> None:
    found = press({}, {1: 1.0})
    assert (found.status, found.effects) == ("ambiguous", ())


def test_a_latent_that_only_the_decoder_uses_is_ambiguous() -> None:
    found = press({1: 2.0}, {})
    assert (found.status, effects(found)) == ("ambiguous", {"x": 1})


def test_a_latent_that_nobody_uses_is_inactive() -> None:
    found = press({}, {})
    assert (found.status, found.effects, found.evidence["mismatch"]) == ("inactive", (), 0.0)


def test_a_factor_that_cannot_be_read_has_no_share() -> None:
    assert press({1: 2.0}, {1: 1.0}, reliable=1.0).evidence["reliability/glow"] < 1.0
    found = press({1: 2.0, 3: 1.0}, {1: 1.0}, reliable=1.0)
    assert found.evidence["share/glow"] == 0.0


def test_a_factor_that_the_models_own_pictures_do_not_show_counts_little() -> None:
    found = press({1: 2.0, 3: 1.0}, {1: np.sqrt((9**2 - 1) / 12) / 2})  # redraws x as it was, and glow as x has it
    assert found.evidence["shown/x"] == pytest.approx(1.0, abs=0.05)
    assert found.evidence["shown/glow"] < 0.2
    assert found.evidence["share/x"] > 0.85


def test_a_decoder_alone_shows_all_that_it_shows() -> None:
    evidence = truths(ramp(0, "x"))["z0"].evidence
    assert {value for name, value in evidence.items() if name.startswith("shown/")} == {1.0}


def test_shares_of_active_units_add_up_to_one() -> None:
    for truth in truths(ramp(0, "x"), ramp(1, "light", -6.0, 6.0)).values():
        total = sum(value for name, value in truth.evidence.items() if name.startswith("share/"))
        assert total == pytest.approx(0.0 if truth.status == "inactive" else 1.0)


def test_labels_are_the_same_each_time() -> None:
    assert truths(ramp(0, "x"), ramp(1, "light")) == truths(ramp(0, "x"), ramp(1, "light"))


def test_an_encoder_that_gives_nan_is_refused() -> None:
    model = Press(gains=((0.0,) * 5,), heard=((float("nan"),) * 5,))
    with pytest.raises(DataError, match=r"latents \[0\] hold NaN"):
        LABEL(model, Stamps())


def test_a_dataset_without_factors_is_refused() -> None:
    model = Press(gains=((0.0,) * 5,), heard=((0.0,) * 5,))
    with pytest.raises(ConfigError, match="factors are known"):
        LABEL(model, replace(Stamps(), factors=()))


def test_the_source_of_truth_offers_the_interface() -> None:
    assert isinstance(AS_SHIPPED, TruthSource)


def test_sprites_of_a_known_decoder_are_recovered() -> None:
    node = config("+model=exact_identity")["model"]
    model = build(node["generator"]).load(DSprites(), {})
    quick = replace(AS_SHIPPED, references=10, steps=5, context=3, reader=replace(AS_SHIPPED.reader, bank=20_000, passes=2))
    expected, found = build(node["truth"])(model, DSprites()), quick(model, DSprites())
    same = [(a.status, a.factors) == (b.status, b.factors) for a, b in zip(expected, found, strict=True)]
    assert sum(same) >= 9


def test_a_table_has_one_row_a_unit_and_the_same_columns_in_each() -> None:
    shares = {"share/x": 0.9, "share/y": 0.1, "acts": 1.0}
    rows = table(
        [
            Truth("z0", "mixed", (Effect("x", 0.9, -1), Effect("y", 0.1, None)), "recovered", shares | {"explained/x": 0.8}),
            Truth("z1", "inactive", (), "recovered", shares | {"share/x": 0.0}),
        ]
    )
    assert [row["does"] for row in rows] == ["x falls (0.90), y changes (0.10)", "nothing"]
    assert list(rows[0]) == list(rows[1])
    assert (rows[0]["explained/x"], rows[1]["explained/x"], rows[1]["share/x"]) == (0.8, None, 0.0)
