import json

import pytest

from bench.errors import ConfigError, DataError
from bench.reports.answers import read_answers
from bench.reports.sensitivity import sensitivity
from bench.reports.sensitivity_table import sensitivity as verb

GROWS = {"effects": [{"factor": "scale", "share": 1.0, "sign": 1}], "status": "clean"}
DEAD = {"effects": [], "status": "inactive"}
TEXTS = {  # for the units z0 to z3: all agree; the factor changes; only the direction changes; silence against an answer
    "none": ("It grows larger.", "It grows larger.", "It grows larger.", None),
    "paired": ("It grows larger.", "It moves to the right.", "It shrinks.", "It grows larger."),
}


def lines(texts, axis="bias", certainty=0.5, **cell):
    for level, said in texts.items():
        for i, text in enumerate(said):
            labels = {"dataset": "dsprites", "model": "m", "explainer": "e", "seed": 0, axis: level, **cell}
            sure = certainty if level == next(iter(texts)) else certainty / 2
            yield {
                "cell": {key: label for key, label in labels.items() if label != "default"},
                "unit": f"z{i}",
                "condition": None,
                "truth": DEAD if i == 3 else GROWS,
                "outcome": "failed" if text == "failed" else "abstained" if text is None else "answered",
                "explanation": {"text": None if text == "failed" else text, "certainty": sure},
            }


def read(tmp_path, *parts, axis="bias"):
    path = tmp_path / "explanations.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for part in parts for line in part))
    return read_answers([tmp_path], axis)


def values(tmp_path, *parts, axis="bias", **options):
    return {m.name: m.value for m in sensitivity(read(tmp_path, *parts, axis=axis), **options)}


def test_a_flip_is_another_set_of_factors(tmp_path):
    assert values(tmp_path, lines(TEXTS))["label flips"] == 0.5


def test_flips_are_a_mean_over_pairs_of_levels(tmp_path):
    three = {"a": ("It grows.",), "b": ("It grows.",), "c": ("It turns clockwise.",)}
    assert values(tmp_path, lines(three))["label flips"] == pytest.approx(2 / 3)


def test_accuracies_their_spread_and_what_is_right_throughout(tmp_path):
    found = values(tmp_path, lines(TEXTS))
    assert (found["accuracy of none"], found["accuracy of paired"]) == (1.0, 0.5)
    assert (found["accuracy spread"], found["accuracy standard deviation"], found["right at every level"]) == (0.5, 0.25, 0.5)


def test_certainty_that_falls_is_positive(tmp_path):
    assert values(tmp_path, lines(TEXTS))["certainty of none minus paired"] == 0.25


def test_reversal_is_equivariant_when_factors_stay_and_every_direction_turns(tmp_path):
    texts = {
        "axis": ("It grows larger.", "It grows larger.", "It grows and moves to the right.", "Its shape changes.", "It grows."),
        "reversed": ("It shrinks.", "It grows larger.", "It shrinks and moves to the right.", "Its shape changes.", "failed"),
    }
    measures = sensitivity(read(tmp_path, lines(texts)), reversal=("axis", "reversed"))
    [measure] = [m for m in measures if m.name == "reversal equivariance"]
    assert (measure.value, measure.units) == (pytest.approx(1 / 3), 3)


def test_failures_are_left_out(tmp_path):
    texts = {"none": ("It grows.", "failed"), "paired": ("It grows.", "It turns clockwise.")}
    [flips, *_] = sensitivity(read(tmp_path, lines(texts)))
    assert (flips.value, flips.units) == (0.0, 1)


def test_explainers_are_measured_apart(tmp_path):
    other = {level: texts[:1] for level, texts in TEXTS.items()}
    found = sensitivity(read(tmp_path, lines(TEXTS), lines(other, explainer="f")))
    assert {m.group: m.value for m in found if m.name == "label flips"} == {"e": 0.5, "f": 0.0}


def test_a_cell_that_does_not_mention_the_axis_is_the_default(tmp_path):
    renamed = {"default": TEXTS["none"], "reversed": TEXTS["paired"]}
    found = values(
        tmp_path, lines(renamed, axis="traversal@bias.moves"), axis="traversal@bias.moves", levels=["default", "reversed"]
    )
    assert found["label flips"] == 0.5


@pytest.mark.parametrize("options", [{"levels": ["none", "nowhere"]}, {"levels": ["none"]}, {"reversal": ("none", "nowhere")}])
def test_levels_must_be_there_and_be_two(tmp_path, options):
    with pytest.raises(ConfigError):
        values(tmp_path, lines(TEXTS), **options)


def test_an_axis_that_no_cell_has_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="layout"):
        read(tmp_path, lines(TEXTS), axis="layout")


def test_doubled_answers_are_refused(tmp_path):
    with pytest.raises(DataError, match="two"):
        values(tmp_path, lines(TEXTS), lines(TEXTS))


@pytest.mark.parametrize("text", ["{}", "no JSON", "[1]"])
def test_a_damaged_line_is_named(tmp_path, text):
    (tmp_path / "explanations.jsonl").write_text(text + "\n")
    with pytest.raises(DataError, match="line 1"):
        read_answers([tmp_path], "bias")


def test_the_verb_prints_the_measures(tmp_path, capsys):
    read(tmp_path, lines(TEXTS))
    assert verb([str(tmp_path), "--levels", "none,paired"]) == 0
    assert "| e | label flips | 0.500 |" in capsys.readouterr().out
    assert verb([str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["value"] == 0.5


def test_an_explainer_that_measures_is_equivariant_and_loses_directions_in_shuffled_strips(benchmark_of, tmp_path):
    from bench.reports.rows import write_explanations

    axis = "traversal@bias.moves"
    cells = [f"{axis}=axis,reversed,frames_shuffled", "model=exact_identity", "explainer=pixel_change", "metric=[set_f1]"]
    run = benchmark_of(*cells, "tracker=none", "seed=0,1")
    write_explanations(tmp_path / "explanations.jsonl", run.records)
    answers = read_answers([tmp_path], axis)
    found = {m.name: m.value for m in sensitivity(answers, ["axis", "reversed"], ("axis", "reversed"))}
    assert found["reversal equivariance"] == 1.0
    assert found["label flips"] == 0.0
    shuffled = {m.name: m for m in sensitivity(answers, ["axis", "frames_shuffled"], ("axis", "frames_shuffled"))}
    assert shuffled["reversal equivariance"].value < 0.2
