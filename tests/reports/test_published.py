import json
from statistics import fmean

import pytest

from bench.artifacts import ScoreRow
from bench.errors import DataError
from bench.published_verb import published as verb
from bench.reports.published import Published, beside, published
from bench.reports.rows import write_rows


def row(category, explainer, value, seed=0, metric="pixel_auroc", dataset="mvtec_ad"):
    cell = {"dataset": dataset, "model": "m", "bias": "none", "explainer": explainer, "seed": seed}
    cell |= {"dataset.source.category": category} if category else {}
    return ScoreRow(cell, "one_class", None, "answered", metric, value, True, (0.0, 1.0), {}, {})


def known(**values):
    return Published("pixel_auroc", "dataset.source.category", "From a paper.", {"theirs": values})


def test_the_published_table_of_mvtec_ad_is_whole():
    [entry] = published("mvtec_ad")
    assert all(len(values) == 15 for method, values in entry.values.items() if "reproduced" not in method)
    means = {method: round(100 * fmean(values.values()), 1) for method, values in entry.values.items()}
    expected = {"AE-SSIM": 86.9, "AE-L2": 81.7, "AnoGAN": 74.3, "CNN features": 78.1, "VEVAE": 86.1, "SMAI": 88.8}
    expected |= {"GDR": 89.5, "P-Net": 88.7, "FCDD": 91.6, "FCDD semi-supervised": 95.8, "VEVAE, reproduced": 93.0}
    assert means == pytest.approx(expected)


def test_the_published_table_of_ped1_has_a_value_a_layer():
    [entry] = published("ucsd_ped1")
    assert entry.values["VEVAE Conv2"] == {"all": 0.92}


def test_a_category_is_a_line_and_the_last_one_is_the_mean():
    rows = [row("screw", "mine", 0.5), row("screw", "mine", 0.7, seed=1), row("tile", "mine", 0.8), row("tile", "other", None)]
    table = beside(rows, known(screw=0.9, tile=0.7))
    assert table.heads == ("dataset.source.category", "mine", "other", "theirs (published)")
    first, second, last = table.lines
    assert first[0] == "screw"
    assert first[1].startswith("0.600 [")
    assert first[1].endswith("] 2/2")
    assert first[2:] == ("—", "0.900")
    assert second == ("tile", "0.800 1/1", "— 0/1", "0.700")
    assert last == ("mean", "0.700", "—", "0.800")


def test_a_mean_needs_every_category():
    [*_, last] = beside([row("screw", "mine", 0.5), row("tile", "mine", 0.7)], known(screw=0.9)).lines
    assert last == ("mean", "0.600", "—")


def test_a_dataset_without_categories_has_one_line():
    entry = Published("pixel_auroc", None, "From a paper.", {"theirs": {"all": 0.9}})
    assert beside([row(None, "mine", 0.5)], entry).lines == (("all", "0.500 1/1", "0.900"),)


def test_rows_of_other_metrics_are_an_error():
    with pytest.raises(DataError, match="expected rows of pixel_auroc, got those of aupro"):
        beside([row("screw", "mine", 0.5, metric="aupro")], known())


def test_the_verb_prints_tables_for_people_and_programs(tmp_path, capsys):
    write_rows(tmp_path / "rows.jsonl", [row("hazelnut", "mine", 0.5)])
    assert verb([str(tmp_path)]) == 0
    assert "| hazelnut | 0.500 1/1 |" in capsys.readouterr().out
    assert verb([str(tmp_path), "--json"]) == 0
    [[line]] = json.loads(capsys.readouterr().out)
    assert line["VEVAE (published)"] == "0.980"


def test_a_dataset_of_which_nothing_is_published_is_an_error(tmp_path):
    write_rows(tmp_path / "rows.jsonl", [row(None, "mine", 0.5, dataset="dsprites")])
    with pytest.raises(DataError, match=r"dsprites/published\.yaml"):
        verb([str(tmp_path)])
