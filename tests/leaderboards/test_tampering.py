"""What a forger may try. Each attempt is named, and is rejected with a message that names it."""

import gzip
import io
import pickle
import tarfile
import zipfile

import numpy as np
import pytest

SET_F1, KAPPA = "set_f1", "label_kappa"


def cell_of(lines, explainer="pixel_change", seed=0):
    return next(line for line in lines[1:] if line["cell"]["explainer"] == explainer and line["cell"]["seed"] == seed)


def answered(cell):
    return next(i for i, said in enumerate(cell["explanations"]) if "text" in said)


def silent(cell):
    return next(i for i, said in enumerate(cell["explanations"]) if "text" not in said)


def better_score(lines):
    cell_of(lines, "shuffled")["scores"][KAPPA]["values"] = [0.5]


def hidden_score(lines):
    scored = cell_of(lines, "constant")["scores"][SET_F1]["values"]
    scored[0] = None


def invented_score(lines):
    cell = cell_of(lines)
    cell["scores"][SET_F1]["values"][silent(cell)] = 1.0


def slightly_better_score(lines):
    values = cell_of(lines, "constant")["scores"][SET_F1]["values"]
    values[0] = (values[0] or 0.0) + 1e-5


def score_out_of_bounds(lines):
    cell_of(lines, "constant")["scores"][SET_F1]["values"][0] = 7.5


def swapped_scores(lines):
    cell = cell_of(lines)
    values, i, j = cell["scores"][SET_F1]["values"], answered(cell), silent(cell)
    values[i], values[j] = values[j], values[i]


def swapped_explanations(lines):
    cell = cell_of(lines)
    said, i, j = cell["explanations"], answered(cell), silent(cell)
    said[i], said[j] = said[j], said[i]


def swapped_answers(lines):
    cell = cell_of(lines)
    said = cell["explanations"]
    one, other = (i for i, s in enumerate(said) if "text" in s and i in (answered(cell), answered(cell) + 1))
    said[one], said[other] = said[other], said[one]


def better_words(lines):
    cell = cell_of(lines)
    said = cell["explanations"][answered(cell)]
    said["text"] = said["text"] + " It is certain."


def other_drawn_answers(lines):
    cell = cell_of(lines)
    cell["explanations"][answered(cell)]["answers"][1] = "Nothing changes."


def more_certain(lines):
    cell = cell_of(lines)
    cell["explanations"][silent(cell)]["certainty"] = 0.123


def impossible_certainty(lines):
    cell = cell_of(lines)
    cell["explanations"][answered(cell)]["certainty"] = 1.5


def removed_abstention(lines):
    cell = cell_of(lines)
    i = silent(cell)
    for column in ("units", "statuses", "explanations"):
        cell[column].pop(i)
    for scored in cell["scores"].values():
        if len(scored["values"]) > 1:
            scored["values"].pop(i)


def removed_failure(lines):
    """A failure that the counts still know."""
    cell = cell_of(lines)
    cell["explanations"][answered(cell)] = {}
    lines[0]["counts"] |= {"answered": lines[0]["counts"]["answered"] - 1, "failed": 1}


def removed_failed_unit(lines):
    """A failed unit that is gone from the counts too."""
    cell, counts = cell_of(lines), lines[0]["counts"]
    for column in ("units", "statuses", "explanations"):
        cell[column].pop(0)
    for scored in cell["scores"].values():
        if len(scored["values"]) > 1:
            scored["values"].pop(0)
            counts["rows"] -= 1
    counts["answered"] -= 1


def failure_sold_as_abstention(lines):
    cell = cell_of(lines)
    cell["explanations"][answered(cell)] = {}


def failure_with_an_answer(lines):
    cell = cell_of(lines)
    cell["explanations"][answered(cell)]["failure"] = "refused"


def removed_cell(lines):
    lines.remove(cell_of(lines, "shuffled", 1))


def removed_cell_with_counts(lines):
    from collections import Counter

    gone = cell_of(lines, "constant", 1)
    lines.remove(gone)
    counts = lines[0]["counts"]
    counts["cells"] -= 1
    ended = Counter("answered" if "text" in said else "abstained" for said in gone["explanations"])
    for outcome, n in ended.items():
        counts[outcome] -= n
    counts["rows"] -= sum(len(scored["values"]) for scored in gone["scores"].values())


def doubled_cell(lines):
    lines.append(cell_of(lines))


def another_seed(lines):
    cell_of(lines, "constant", 1)["cell"]["seed"] = 77


def another_model(lines):
    cell_of(lines)["cell"]["model"] = "exact_easy"


def another_axis(lines):
    cell_of(lines)["cell"]["model.generator.latents"] = "3"


def another_explainer_name(lines):
    cell_of(lines)["cell"]["explainer"] = "mine"


def renamed_unit(lines):
    cell_of(lines)["units"][0] = "z99"


def doubled_unit(lines):
    cell_of(lines)["units"][0] = cell_of(lines)["units"][1]


def reordered_units(lines):
    units = cell_of(lines)["units"]
    units[0], units[1] = units[1], units[0]


def easier_status(lines):
    cell = cell_of(lines)
    cell["statuses"][silent(cell)] = "clean"


def another_metric_version(lines):
    lines[0]["metrics"][SET_F1]["recipe"]["version"] += 1


def another_direction(lines):
    lines[0]["metrics"][SET_F1]["higher_is_better"] = False


def wider_bounds(lines):
    lines[0]["metrics"][SET_F1]["bounds"] = [0.0, 2.0]


def another_scope(lines):
    lines[0]["metrics"][KAPPA]["scope"] = "unit"


def missing_metric(lines):
    scored = [line["scores"].pop(SET_F1) for line in lines[1:]]
    del lines[0]["metrics"][SET_F1]
    lines[0]["counts"]["rows"] -= sum(len(one["values"]) for one in scored)


def another_explainer_version(lines):
    lines[0]["explainers"]["pixel_change"]["version"] += 1


def another_explainer_setting(lines):
    lines[0]["explainers"]["pixel_change"]["share"] = 0.99


def missing_explainer(lines):
    del lines[0]["explainers"]["pixel_change"]


def forged_explain_key(lines):
    cell_of(lines)["keys"]["explain"] = "0" * 32


def forged_fit_key(lines):
    cell_of(lines)["keys"]["fit"] = "f" * 32


def forged_label_key(lines):
    cell_of(lines)["keys"]["label"] = "a" * 32


def forged_score_key(lines):
    cell_of(lines)["scores"][SET_F1]["key"] = "b" * 32


def added_key(lines):
    cell_of(lines)["keys"]["bonus"] = "c" * 32


def another_dataset(lines):
    lines[0]["datasets"]["dsprites"] = "0" * 64


def another_task_version(lines):
    lines[0]["task_version"] = "0" * 32


def unknown_task(lines):
    lines[0]["task"] = "easy"


def task_outside(lines):
    lines[0]["task"] = "../../secret"


def name_outside(lines):
    lines[0]["submission"] = "../../mine"


def another_name(lines):
    lines[0]["submission"] = "theirs"


def another_format(lines):
    lines[0]["format"] = 2


def unknown_field(lines):
    lines[0]["images"] = []


def picture(lines):
    cell_of(lines)["explanations"][0]["prompt"] = "data:image/png;base64,iVBORw0KGgo="


def secret(lines):
    lines[0]["command"] += " client.key=sk-" + "a1B2" * 8


def home_folder(lines):
    lines[0]["explainers"]["pixel_change"]["weights"] = "/home/somebody/weights.pt"


def wrong_count(lines):
    lines[0]["counts"]["failed"] = 3


def text_as_number(lines):
    cell_of(lines)["scores"][SET_F1]["values"][0] = "1.0"


FORGERIES = {
    better_score: "label_kappa: recorded 0.5, recomputed",
    hidden_score: "set_f1: recorded None, recomputed",
    invented_score: "set_f1: recorded 1.0, recomputed None",
    slightly_better_score: "set_f1: recorded",
    score_out_of_bounds: "set_f1: recorded 7.5, recomputed",
    swapped_scores: "set_f1: recorded None, recomputed",
    swapped_explanations: "the explainer says",
    swapped_answers: "the explainer says",
    better_words: "It is certain.', the explainer says",
    other_drawn_answers: "answers: recorded",
    more_certain: "certainty: recorded 0.123, the explainer says",
    impossible_certainty: "certainty 1.5 lies outside of 0 to 1",
    removed_abstention: "counts.abstained: recorded",
    removed_failure: "counts.failed: recorded 1, the file holds 0",
    removed_failed_unit: "units z1, z2",
    failure_sold_as_abstention: "counts.answered: recorded",
    failure_with_an_answer: "a failed explanation has no text",
    removed_cell: "counts.cells: recorded 8, the file holds 7",
    removed_cell_with_counts: "'constant': cell",
    doubled_cell: "counts.cells: recorded 8, the file holds 9",
    another_seed: "is not a cell of the task",
    another_model: "is not a cell of the task",
    another_axis: "is not one that a submission may add",
    another_explainer_name: "explainer 'mine' is not in the header",
    renamed_unit: "units z99",
    doubled_unit: "a unit came twice",
    reordered_units: "units z1, z0",
    easier_status: "recorded status clean, it is inactive",
    another_metric_version: "metric set_f1: version: recorded",
    another_direction: "metric set_f1: higher_is_better is True, recorded False",
    wider_bounds: "metric set_f1: bounds",
    another_scope: "label_kappa has 1 values, expected 10",
    missing_metric: "metric 'set_f1' is missing",
    another_explainer_version: "explainer: version: recorded",
    another_explainer_setting: "explainer: share: recorded 0.99",
    missing_explainer: "explainer 'pixel_change' is not in the header",
    forged_explain_key: "key of explain: recorded 00000000",
    forged_fit_key: "key of fit: recorded ffffffff",
    forged_label_key: "key of label: recorded aaaaaaaa",
    forged_score_key: "key of score set_f1: recorded bbbbbbbb",
    added_key: "key of bonus",
    another_dataset: "dataset 'dsprites': recorded fingerprint 0000",
    another_task_version: "it is another task",
    unknown_task: "expected a task, one of",
    task_outside: "task: expected the name of a task, got '../../secret'",
    name_outside: "submission: expected a name",
    another_name: "the file must be called theirs.jsonl",
    another_format: "this version reads format 1",
    unknown_field: "images: Unexpected keyword argument",
    picture: "looks like a picture",
    secret: "command: looks like a key or a password",
    home_folder: "weights: holds an absolute path",
    wrong_count: "counts.failed: recorded 3, the file holds 0",
    text_as_number: "valid number",
}


@pytest.mark.parametrize(("forge", "named"), FORGERIES.items(), ids=[forge.__name__ for forge in FORGERIES])
def test_a_forgery_is_named(verdict_of, lines, forge, named):
    forge(lines)
    assert named in "\n".join(verdict_of(lines).differences)


def test_what_was_not_tampered_with_is_accepted(verdict_of, packed):
    assert verdict_of(packed) == verdict_of(packed)
    assert verdict_of(packed).differences == ()
    assert verdict_of(packed).notes == ()


def archive(*members):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members:
            made.writestr(name, content)
    return buffer.getvalue()


def tar():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        made.addfile(tarfile.TarInfo("../rows.jsonl"))
    return buffer.getvalue()


def numpy_file():
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    return buffer.getvalue()


FILES = {
    "path_traversal": (archive(("../../.bashrc", "x")), "path traversal"),
    "path_traversal_with_backslashes": (archive(("..\\..\\autoexec", "x")), "path traversal"),
    "path_traversal_from_the_root": (archive(("/etc/passwd", "x")), "path traversal"),
    "zip_bomb": (archive(("rows.jsonl", b"0" * 10_000_000)), "zip bomb"),
    "pickle_in_a_zip": (archive(("data.pkl", pickle.dumps([1]))), "zip archive with a pickled file"),
    "harmless_zip": (archive(("rows.jsonl", "{}")), "a zip archive"),
    "damaged_zip": (b"PK\x03\x04 nonsense", "a damaged zip archive"),
    "zip_behind_text": (b'{"format":1}\n' + archive(("a", "b")), "a zip archive"),
    "pickle": (pickle.dumps({"rows": []}), "a pickled file"),
    "pickle_of_protocol_2": (pickle.dumps({"rows": []}, protocol=2), "a pickled file"),
    "pickle_that_would_run": (b"cos\nsystem\n(S'true'\ntR.", "a pickled file"),
    "gzip": (gzip.compress(b"0" * 1000), "a gzip file"),
    "tar": (tar(), "a tar archive"),
    "numpy": (numpy_file(), "a numpy file"),
    "not_text": (b"\xff\xfe{}\n", "not UTF-8 text"),
    "empty": (b"", "empty"),
    "not_json": (b"hello\n", "not a JSON object"),
    "not_an_object": (b"[1]\n", "not a JSON object but list"),
    "not_a_number": (b'{"format":NaN}\n', "NaN is no JSON number"),
    "doubled_name": (b'{"format":1,"format":2}\n', "a key came twice"),
    "nested_too_deeply": (b'{"format":' + b"[" * 200_000 + b"]" * 200_000 + b"}\n", "nested too deeply"),
    "padded": (b'{"format" : 1}\n', "not canonical JSON"),
    "huge_number": (b'{"format":' + b"9" * 5000 + b"}\n", "not a JSON object"),
}


@pytest.mark.parametrize(("content", "named"), FILES.values(), ids=list(FILES))
def test_a_file_that_is_no_submission_is_named(verdict_of, content, named):
    assert named in "\n".join(verdict_of(content).differences)


def test_a_file_that_is_cut_short_is_named(verdict_of, packed):
    assert "cut short" in verdict_of(packed[:-100]).differences[0]


def test_a_file_without_its_last_cells_is_named(verdict_of, packed):
    assert "counts.cells" in verdict_of("\n".join(packed.split("\n")[:-3]) + "\n").differences[0]


def test_a_file_that_is_too_large_is_named(verdict_of, monkeypatch, packed):
    monkeypatch.setattr("bench.leaderboards.intake.LARGEST", 1000)
    assert "at most 1,000" in verdict_of(packed).differences[0]


def test_a_link_is_not_followed(here, tmp_path, packed):
    from bench.leaderboards.verify import verify

    (tmp_path / "real.jsonl").write_text(packed)
    (tmp_path / "mine.jsonl").symlink_to(tmp_path / "real.jsonl")
    assert "symbolic link" in verify(tmp_path / "mine.jsonl").differences[0]


def test_a_missing_file_is_named(tmp_path):
    from bench.leaderboards.verify import verify

    assert "cannot be read" in verify(tmp_path / "none.jsonl").differences[0]
