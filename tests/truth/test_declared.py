from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pytest
from hydra import compose, initialize_config_dir
from omegaconf import OmegaConf

from bench.artifacts import Effect, Factor, Truth, Unit
from bench.build import build
from bench.datasets.dsprites import DSprites
from bench.datasets.vocabulary import FactorWords, Vocabulary
from bench.errors import ConfigError
from bench.interfaces import TruthSource
from bench.models.exact import ExactDecoder, Pinned
from bench.models.gates import Gated, Switch, Within
from bench.models.mixtures import Blend, Polar, Rotation
from bench.models.wires import Periodic, Ramp, Wire
from bench.shipped import shipped

NAMES = sorted(
    path.stem
    for path in (shipped("conf") / "model").glob("exact_*.yaml")
    if not {"shapes3d", "moments"} & set(path.stem.split("_"))
)
FACTORS = (
    Factor("color", "categorical", ("white",)),
    Factor("shape", "categorical", ("square", "ellipse", "heart")),
    *(Factor(name, "ordered", tuple(float(i) for i in range(4001))) for name in ("x", "y", "size")),
)
HEART = Pinned(words="the shape is a heart", latents=(0,), values=(3.0,))
SQUARE = Pinned(words="the shape is a square", latents=(0,), values=(-3.0,))


def rising(name: str) -> FactorWords:
    """The words of a factor that has a direction."""
    return FactorWords(name, {"increase": (f"{name} rises",), "change": (f"{name} changes",)}, (), (), (), (), {})


@dataclass(frozen=True)
class FineGrid:
    """Factors with so many classes that rounding to them hardly counts. Its pictures are blank."""

    factors: tuple[Factor, ...] = FACTORS
    vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary("the shape", tuple(map(rising, ("x", "y", "size")))))
    fingerprint: str = "fine"

    def __len__(self) -> int:
        return int(np.prod(self.sizes))

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(len(factor.values) for factor in self.factors)

    def images(self, index):
        return np.zeros((len(index), 1, 1, 1), np.uint8)

    def classes(self, index):
        return np.stack(np.unravel_index(index, self.sizes), axis=1)

    def index(self, classes):
        return np.ravel_multi_index(classes.T, self.sizes)


class Mute:
    """A model that cannot say where its factors stand."""

    latents = 1
    units = (Unit("z0", (0,)),)

    def codes(self, anchors):
        return np.zeros((len(anchors), 1), np.float32)

    def render(self, anchors, codes):
        return np.zeros((len(anchors), 1, 1, 1), np.uint8)


def config(name: str):
    with initialize_config_dir(str(shipped("conf").resolve()), version_base="1.3"):
        return compose(overrides=[f"+model={name}"]).model


LABEL = build(OmegaConf.to_container(config("exact_identity").truth, resolve=True))


def ramp(latent: int, factor: str, low: float = -3.0, high: float = 3.0, sign: int = 1) -> Ramp:
    return Ramp(latent=latent, factor=factor, low=low, high=high, sign=sign, power=1.0)


def truths(*wires: Wire, latents: int = 4, groups=(), conditions=None, under=None, label=LABEL) -> dict[str, Truth]:
    decoder = ExactDecoder(latents=latents, wires=wires, spans={}, groups=groups, conditions=conditions or {}, under=under or {})
    return {truth.unit: truth for truth in label(decoder.load(FineGrid(), {}), FineGrid())}


def effects(truth: Truth) -> list[tuple[str, int | None]]:
    return [(effect.factor, effect.sign) for effect in truth.effects]


@cache
def dsprites(name: str) -> tuple[Truth, ...]:
    node = config(name)
    generator, label = (build(OmegaConf.to_container(part, resolve=True)) for part in (node.generator, node.truth))
    return label(generator.load(DSprites(), {}), DSprites())


@pytest.mark.parametrize("degrees", [10.0, 15.0, 30.0, 45.0, 70.0])
def test_a_rotation_splits_into_squared_cosine_and_sine(degrees) -> None:
    truth = truths(Rotation(latents=(0, 1), factors=("x", "y"), degrees=degrees, reach=9.0))["z0"]
    cosine = np.cos(np.radians(degrees)) ** 2
    assert truth.evidence["share/x"] == pytest.approx(cosine, abs=1e-3)
    assert truth.evidence["share/y"] == pytest.approx(1 - cosine, abs=1e-3)


def test_a_ramp_is_clean_and_exact() -> None:
    truth = truths(ramp(0, "x"))["z0"]
    assert (truth.status, truth.effects, truth.source) == ("clean", (Effect("x", 1.0, 1),), "exact")
    assert [truth.evidence[f"share/{name}"] for name in ("color", "shape", "x", "y", "size")] == [0, 0, 1, 0, 0]


def test_a_flipped_ramp_has_a_negative_sign() -> None:
    assert effects(truths(ramp(0, "x", sign=-1))["z0"]) == [("x", -1)]


def test_a_categorical_factor_has_no_sign() -> None:
    assert effects(truths(ramp(0, "shape"))["z0"]) == [("shape", None)]


def test_a_periodic_wire_has_no_sign() -> None:
    truth = truths(Periodic(latent=0, factor="x", cycles=2.0, reach=3.0))["z0"]
    assert (truth.status, effects(truth)) == ("clean", [("x", None)])


def test_a_dead_latent_is_inactive_and_names_nothing() -> None:
    truth = truths(ramp(0, "x"))["z1"]
    assert (truth.status, truth.effects) == ("inactive", ())


def test_an_effect_too_small_for_any_class_is_inactive() -> None:
    assert truths(Blend(latents=(0,), factor="x", weights=(1e-5,), reach=3.0))["z0"].status == "inactive"


def test_a_factor_with_one_class_never_counts() -> None:
    assert truths(ramp(0, "color"))["z0"].status == "inactive"


def test_duplicates_are_clean_alone_and_together() -> None:
    found = truths(Blend(latents=(0, 1), factor="x", weights=(0.5, 0.5), reach=3.0), groups=((0, 1),))
    assert [found[name].status for name in ("z0", "z1", "z0+z1")] == ["clean"] * 3
    assert effects(found["z0+z1"]) == [("x", 1)]


def test_a_latent_that_moves_three_factors_is_entangled() -> None:
    wires = [
        Blend(latents=(0, i), factor=name, weights=(w, 0.5), reach=9.0)
        for i, (name, w) in enumerate(zip("xy", (0.6, 0.5), strict=True), 1)
    ]
    found = truths(*wires, ramp(0, "size", -15.0, 15.0))["z0"]
    assert found.status == "entangled"
    assert {name for name, _ in effects(found)} == {"x", "y", "size"}


def test_polar_latents_are_a_group_and_what_merely_adds_up_is_not() -> None:
    polar = Polar(latents=(0, 1), factors=("x", "y"), reach=3.0, turns=0.75)
    found = truths(polar, ramp(2, "size"), groups=((0, 1), (1, 2), (2, 3)))
    assert [found[name].status for name in ("z0+z1", "z2+z3")] == ["group", "clean"]
    assert found["z1+z2"].status in ("entangled", "mixed")
    assert found["z1+z2"].evidence["interaction"] == pytest.approx(0, abs=1e-9)


def test_the_interaction_of_a_product_by_hand() -> None:
    # On a 9 × 9 grid 4 of 9 values lie above 0, so p = 16/81 of the cells are on: total p(1 - p), and each latent alone
    # moves the mean between 0 and 4/9 with chance 4/9.
    found = truths(Switch(latents=(0, 1), factor="x", rule="and", threshold=0.0, resting=0.0, acting=1.0), groups=((0, 1),))
    p, q = 16 / 81, 4 / 9
    assert found["z0+z1"].evidence["interaction"] == pytest.approx(1 - 2 * q**2 * q * (1 - q) / (p * (1 - p)))
    assert found["z0+z1"].status == "group"


@pytest.mark.parametrize("rule", ["and", "or"])
def test_a_latent_of_a_switch_is_conditional_with_a_sign(rule) -> None:
    found = truths(Switch(latents=(0, 1), factor="x", rule=rule, threshold=0.0, resting=0.2, acting=0.8))
    assert (found["z0"].status, effects(found["z0"])) == ("conditional", [("x", 1)])
    assert 0.4 < found["z0"].evidence["acts"] < 0.6


def test_a_switch_that_is_nearly_always_open_is_no_condition() -> None:
    found = truths(Switch(latents=(0, 1), factor="x", rule="and", threshold=-2.0, resting=0.2, acting=0.8))
    assert found["z0"].status == "clean"


def test_a_latent_that_works_in_half_its_range_keeps_its_sign() -> None:
    truth = truths(Within(latent=0, low=0.0, high=3.0, wire=ramp(0, "x", sign=-1)))["z0"]
    assert (truth.status, effects(truth)) == ("clean", [("x", -1)])


def test_a_latent_that_acts_for_one_shape_is_conditional() -> None:
    found = truths(ramp(0, "shape", -1.0, 1.0), Gated(gate="shape", low=0.9, high=1.0, wire=ramp(1, "x")))
    assert (found["z1"].status, effects(found["z1"])) == ("conditional", [("x", 1)])
    assert found["z1"].evidence["context/shape"] == 1.0


def test_an_effect_without_direction_counts_as_an_effect_of_its_context() -> None:
    swing = Gated(gate="shape", low=0.9, high=1.0, wire=Periodic(latent=1, factor="x", cycles=2.0, reach=3.0))
    assert truths(ramp(0, "shape", -1.0, 1.0), swing)["z1"].evidence["context/shape"] == 1.0


def test_a_factor_that_a_unit_moves_is_no_context_of_it() -> None:
    found = truths(ramp(0, "shape", -1.0, 1.0), ramp(1, "x"))
    assert "context/shape" not in found["z0"].evidence
    assert found["z1"].evidence["context/shape"] == pytest.approx(0, abs=1e-9)


def test_a_latent_that_turns_round_for_one_shape_is_conditional() -> None:
    turned = Gated(gate="shape", low=0.9, high=1.0, wire=ramp(1, "x", sign=-1))
    found = truths(ramp(0, "shape", -1.0, 1.0), ramp(1, "x"), turned)["z1"]
    assert (found.status, effects(found), found.evidence["acts"]) == ("conditional", [("x", None)], 1.0)


def test_a_latent_that_moves_other_factors_for_one_shape_is_conditional_though_its_shares_look_two_factor() -> None:
    elsewhere = [Gated(gate="shape", low=low, high=high, wire=ramp(1, name)) for low, high, name in ((0, 0.5, "x"), (0.9, 1, "y"))]
    assert truths(ramp(0, "shape", -1.0, 1.0), *elsewhere)["z1"].status == "conditional"


def test_units_under_a_condition_are_conditional_only_where_it_matters() -> None:
    found = truths(
        ramp(0, "shape", -1.0, 1.0),
        Gated(gate="shape", low=0.9, high=1.0, wire=ramp(1, "x")),
        ramp(2, "y"),
        conditions={"heart": HEART, "square": SQUARE},
        under={"heart": (1, 2, 3), "square": (1, 2)},
    )
    assert [found[f"z{i} | the shape is a heart"].status for i in (1, 2, 3)] == ["conditional", "clean", "inactive"]
    assert [found[f"z{i} | the shape is a square"].status for i in (1, 2)] == ["inactive", "clean"]
    assert found["z1 | the shape is a heart"].evidence["contrast"] == 1.0
    assert found["z2 | the shape is a heart"].evidence["contrast"] == 0.0


def test_an_effect_a_third_as_strong_elsewhere_is_at_the_threshold() -> None:
    # Variances 1 and 1/3 differ by (1 - 1/3) / (1 + 1/3) = 0.5; ranges 1 and 0.5 by (1 - 1/4) / (1 + 1/4) = 0.6.
    half = Gated(gate="shape", low=0.0, high=0.1, wire=ramp(1, "x", -6.0, 6.0))
    found = truths(
        ramp(0, "shape", -1.0, 1.0), ramp(1, "x"), half, conditions={"heart": HEART, "square": SQUARE}, under={"heart": (1,)}
    )["z1 | the shape is a heart"]
    assert found.evidence["contrast"] == pytest.approx(0.6, abs=1e-3)


def test_thresholds_are_fields() -> None:
    polar = Polar(latents=(0, 1), factors=("x", "y"), reach=3.0, turns=0.75)
    assert truths(polar, groups=((0, 1),), label=replace(LABEL, synergy=0.9))["z0+z1"].status == "two_factor"


def test_labels_do_not_depend_on_what_was_drawn_before() -> None:
    assert dsprites.__wrapped__("exact_panel") == dsprites("exact_panel")


def test_a_model_that_does_not_know_its_map_is_refused() -> None:
    with pytest.raises(ConfigError, match="knows its map"):
        LABEL(Mute(), FineGrid())


def test_the_source_of_truth_offers_the_interface() -> None:
    assert isinstance(LABEL, TruthSource)


@pytest.mark.parametrize("name", NAMES)
def test_shares_of_active_units_add_up_to_one(name) -> None:
    for truth in dsprites(name):
        total = sum(value for key, value in truth.evidence.items() if key.startswith("share/"))
        assert total == pytest.approx(0.0 if truth.status == "inactive" else 1.0)
        assert bool(truth.effects) == (truth.status != "inactive")


def test_the_named_decoders_mean_what_their_files_say() -> None:
    found = {name: {truth.unit: truth for truth in dsprites(name)} for name in NAMES}
    identity = [effects(found["exact_identity"][f"z{i}"]) for i in range(6)]
    assert identity == [[("shape", None)], [("scale", 1)], [("orientation", 1)], [("position_x", 1)], [("position_y", 1)], []]
    permuted = [effects(found["exact_permuted"][f"z{i}"]) for i in (1, 3, 4, 6, 7)]
    assert permuted == [[("position_y", -1)], [("position_x", 1)], [("scale", 1)], [("orientation", -1)], [("shape", None)]]
    statuses = {
        ("exact_rotation", "z0"): "clean",
        ("exact_rotation", "z2"): "two_factor",
        ("exact_blend", "z0"): "entangled",
        ("exact_blend", "z1"): "two_factor",
        ("exact_blend", "z2"): "mixed",
        ("exact_group", "z0+z1"): "group",
        ("exact_group", "z2+z3"): "two_factor",
        ("exact_logic", "z2+z3"): "group",
        ("exact_logic", "z5+z6"): "clean",
        ("exact_logic", "z7"): "clean",
        ("exact_panel", "z6"): "entangled",
        ("exact_panel", "z8"): "two_factor",
    }
    assert {key: found[key[0]][key[1]].status for key in statuses} == statuses


def test_every_bias_is_true_of_some_units_and_untrue_of_others() -> None:
    labelled = [truth for name in NAMES for truth in dsprites(name)]
    alone = {truth.status for truth in labelled if "+" not in truth.unit and "|" not in truth.unit}
    assert {"clean", "two_factor", "mixed", "entangled", "conditional", "inactive"} <= alone  # disentanglement: the first, or not
    together = {truth.status for truth in labelled if "+" in truth.unit}
    assert {"group", "clean", "two_factor", "inactive"} <= together  # combination: the first, or not
    under = {truth.status for truth in labelled if "|" in truth.unit}
    assert {"conditional", "clean", "inactive"} <= under  # conditional: the first, or not


def test_the_panel_has_every_kind_and_many_dead_units() -> None:
    statuses = [truth.status for truth in dsprites("exact_panel")]
    assert set(statuses) == {"clean", "two_factor", "entangled", "conditional", "group", "inactive"}
    assert len(statuses) == 25
    assert statuses.count("inactive") >= 8


def test_a_factor_that_nobody_tells_to_rise_has_no_sign() -> None:
    @dataclass(frozen=True)
    class Silent(FineGrid):
        vocabulary: Vocabulary = field(default_factory=lambda: Vocabulary("the shape", ()))

    ramp = Ramp(latent=0, factor="x", low=-3.0, high=3.0, sign=1, power=1.0)
    decoder = ExactDecoder(latents=1, wires=(ramp,), spans={}, groups=(), conditions={}, under={})
    assert [effect.sign for effect in LABEL(decoder.load(Silent(), {}), Silent())[0].effects] == [None]
