from itertools import combinations, islice

import numpy as np
import pytest
from numpy.random import default_rng

from bench.artifacts import Row, Traversal, Unit
from bench.clients.captioning.__main__ import shape
from bench.clients.captioning.cues import cues
from bench.clients.captioning.decoders import drawn
from bench.clients.captioning.loop import Schedule, train
from bench.clients.captioning.network import WEIGHTS, network
from bench.clients.captioning.prompts import BIASES, prompt, wordings
from bench.clients.captioning.reading import seen
from bench.clients.captioning.scenes import built_in
from bench.clients.captioning.strips import strips
from bench.clients.captioning.wording import SAYINGS, every_word, joined, sentence, spoken
from bench.datasets.vocabulary import load_vocabulary
from bench.metrics.statements import parse
from bench.models.exact import ExactDecoder
from bench.models.gates import Gated
from bench.models.wires import Ramp

SCENES = built_in()
SPRITES = SCENES["dsprites"]


@pytest.mark.parametrize("name", SAYINGS)
def test_a_sentence_tells_its_changes_and_no_other(name):
    sets = [chosen for size in (1, 2, 3) for chosen in combinations(SAYINGS[name], size)]
    sets = [chosen for chosen in sets if len({factor for factor, _ in chosen}) == len(chosen)]
    known = set(every_word(["the shape is a square"]))
    for number, claims in enumerate(sets):
        text = sentence(claims, name, "the shape is a square" if number % 3 == 0 else None, default_rng(number))
        assert dict(parse(text, load_vocabulary(name))) == {factor: sign or None for factor, sign in claims}, text
        assert joined(spoken(text)) == text
        assert set(spoken(text)) <= known


@pytest.mark.parametrize("name", SAYINGS)
def test_no_saying_is_a_clause_that_references_are_made_of(name):
    written = {clause for words in load_vocabulary(name).factors for told in words.says.values() for clause in told}
    said = {saying.split("|")[1] for sayings in SAYINGS[name].values() for saying in sayings if saying.startswith("*")}
    assert not said & written


def test_nothing_is_told_in_words_of_abstention():
    assert {sentence((), "dsprites", None, default_rng(k)) for k in range(30)} == {
        "No clear explanation.",
        "There is no clear pattern.",
        "No clear pattern of change.",
    }


def ramp(latent: int, factor: str, sign: int = 1) -> Ramp:
    return Ramp(latent=latent, factor=factor, low=-3.0, high=3.0, sign=sign, power=1.0)


def strip(*rows: tuple[int, float]) -> tuple:
    """Rows of a decoder, each of a moved latent under a value of z0, which sets the shape: hearts fall where others rise."""
    gate = Gated(gate="shape", low=0.9, high=1.0, wire=ramp(1, "position_x", -1))
    wires = (ramp(0, "shape"), ramp(1, "position_x"), gate, ramp(2, "scale"), ramp(3, "position_y"))
    decoder = ExactDecoder(latents=5, wires=wires, spans={}, groups=(), conditions={}, under={})
    model = decoder.load(SPRITES.dataset, {})
    codes = np.zeros((len(rows), 5, 5), np.float32)
    for row, (latent, shaped) in zip(codes, rows, strict=True):
        row[:, 0] = shaped
        row[:, latent] = np.linspace(-3, 3, 5)
    images = model.render(np.zeros(5 * len(rows), np.int64), codes.reshape(-1, 5)).reshape(len(rows), 5, 1, 64, 64)
    moved = tuple(Row((latent,)) for latent, _ in rows)
    return model, [Traversal(Unit("z", (rows[0][0],)), 0, codes[0, 2], codes, images, moved)]


READINGS = [
    ([(1, -3.0)], "none", {"position_x": 1}),
    ([(4, -3.0)], "none", {}),
    ([(1, -3.0), (1, 3.0)], "none", {"position_x": 0}),  # rows go opposite ways
    ([(1, -3.0), (1, 3.0)], "conditional", {"position_x": 1}),
    ([(1, 3.0), (1, -3.0)], "conditional", {"position_x": -1}),
    ([(1, 3.0), (1, -3.0)], "combination", {"position_x": 1}),  # as the last row goes
    ([(2, -3.0), (3, -3.0)], "none", {"position_y": 1, "scale": 1}),
    ([(2, -3.0), (3, -3.0)], "conditional", {"scale": 1}),
]


@pytest.mark.parametrize(("rows", "told", "claims"), READINGS)
def test_what_is_seen_depends_on_the_bias_that_was_told(rows, told, claims):
    assert dict(seen(*strip(*rows), told)) == claims


def test_told_of_disentanglement_only_what_all_rows_of_a_latent_change_counts():
    model, (one,) = strip((1, -3.0), (2, -3.0))
    same = Traversal(one.unit, 0, one.reference, one.codes, one.images, (Row((1,)), Row((1,))))
    assert dict(seen(model, [same], "none")) == {"position_x": 1, "scale": 1}
    assert dict(seen(model, [same], "disentanglement")) == {}


def test_decoders_are_never_made_of_the_wires_that_are_kept_back():
    kinds = {"dsprites": set(), "shapes3d": set()}
    for name, scenes in SCENES.items():
        for k in range(60):
            decoder = drawn(scenes.dataset.factors, scenes.mixtures, default_rng(k))
            kinds[name] |= {type(wire).__name__ for wire in decoder.wires}
            ramps = [getattr(wire, "wire", wire) for wire in decoder.wires]
            assert all(wire.power == 1 for wire in ramps if isinstance(wire, Ramp))
            assert all(wire.high >= 2.6 for wire in ramps if isinstance(wire, Ramp) and wire.factor != "shape")
    assert kinds["dsprites"] == {"Ramp", "Rotation", "Blend", "Gated", "Switch"}
    assert kinds["shapes3d"] == {"Ramp", "Gated", "Switch"}


@pytest.mark.parametrize("name", SCENES)
def test_no_practice_strip_has_a_held_out_combination_and_every_test_strip_begins_with_one(name, monkeypatch):
    """Pictures tell which combination they show: those of a room by its colours, those of sprites by their index."""
    scenes, looked = SCENES[name], []
    images = type(scenes.dataset).images
    monkeypatch.setattr(type(scenes.dataset), "images", lambda self, index: looked.append(index) or images(self, index))
    for held_out in (False, True):
        shown = list(islice(strips([scenes], held_out, default_rng(1)), 12))
        known = np.unique(np.concatenate(looked))
        pictures = {picture.tobytes(): index for picture, index in zip(images(scenes.dataset, known), known, strict=True)}
        firsts = [pictures[sheet[0, 0].tobytes()] for one in shown for sheet in one.sheets]
        every = [pictures[frame.tobytes()] for one in shown for sheet in one.sheets for row in sheet for frame in row]
        kept = scenes.held_out(scenes.dataset.classes(np.array(firsts if held_out else every)))
        assert kept.all() if held_out else not kept.any()


@pytest.mark.parametrize("bias", BIASES[1:])
def test_a_prompt_says_the_sentence_of_its_bias_only_when_told_to(bias):
    lines = {line for text in wordings(bias) for line in text.split("\n") if "{condition}" not in line}
    told = [prompt(bias, True, "the shape is a square", default_rng(k)) for k in range(20)]
    untold = [prompt(bias, False, "the shape is a square", default_rng(k)) for k in range(20)]
    assert not any(line in text for text in untold for line in lines)
    assert not any("{condition}" in text for text in told)
    assert not set(wordings(bias)) & set(wordings(bias, held_out=True))


def test_a_prompt_without_a_condition_leaves_out_the_lines_about_it():
    assert all("condition}" not in prompt("conditional", True, None, default_rng(k)) for k in range(20))


def test_cues_are_the_known_words_of_a_text_in_whatever_order():
    known = ("condition", "given", "square")
    assert cues("Square! The GIVEN one; conditions.", known).tolist() == [0.0, 1.0, 1.0]


def test_a_run_that_was_cut_off_goes_on_with_the_same_weights(tmp_path, monkeypatch):
    import torch

    from bench.clients.captioning import loop

    monkeypatch.setattr(loop, "SAVE", 1)
    kept = loop.Checkpoint.save

    def made(seed: int = 0) -> tuple:
        torch.manual_seed(seed)
        return network(shape(SCENES)), shape(SCENES)

    def cut(self, model, optimizer, step, losses):
        kept(self, model, optimizer, step, losses)
        if step == 2:
            raise KeyboardInterrupt

    schedule, said = Schedule(steps=3, batch=4, learning_rate=1e-3), []
    whole = train([SPRITES], tmp_path / "whole", *made(), schedule, 0, said.append).read_bytes()
    monkeypatch.setattr(loop.Checkpoint, "save", cut)
    with pytest.raises(KeyboardInterrupt):
        train([SPRITES], tmp_path / "cut", *made(), schedule, 0, said.append)
    monkeypatch.setattr(loop.Checkpoint, "save", kept)
    assert train([SPRITES], tmp_path / "cut", *made(1), schedule, 0, said.append).read_bytes() == whole
    assert {path.name for path in (tmp_path / "cut").iterdir()} == {WEIGHTS, "config.json"}
    assert said[0].startswith("step 0: loss ")
