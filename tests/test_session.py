from collections import Counter

import pytest

from bench.errors import ConfigError

CELL = ("model=exact_identity", "explainer=pixel_change", "metric=[set_f1,abstention_f1]", "tracker=none")


def test_a_cell_runs_every_stage_once(benchmark_of):
    assert benchmark_of(*CELL).ledger.ran == Counter(fit=1, traverse=1, label=1, explain=1, score=2)


def test_a_second_run_computes_no_stage(benchmark_of):
    first = benchmark_of(*CELL)
    second = benchmark_of(*CELL)
    assert not second.ledger.ran
    assert second.rows == first.rows


def test_new_words_of_a_bias_recompute_explanations_and_scores_only(benchmark_of):
    benchmark_of(*CELL)
    assert benchmark_of(*CELL, "bias.words.sentence=Other words.").ledger.ran == Counter(explain=1, score=2)


def test_another_runtime_recomputes_nothing(benchmark_of):
    benchmark_of(*CELL)
    other = ("runtime.device=cuda", "runtime.threads=1", "runtime.batch_size=7", "runtime.concurrency=1", "runtime.timeout=1.0")
    assert not benchmark_of(*CELL, *other).ledger.ran


def test_another_metric_is_scored_without_explaining_again(benchmark_of):
    benchmark_of(*CELL)
    assert benchmark_of(*CELL, "metric=[set_f1,exact_set]").ledger.ran == Counter(score=1)


def test_another_seed_moves_other_reference_codes_of_the_same_decoder(benchmark_of):
    benchmark_of(*CELL)
    assert benchmark_of(*CELL, "seed=1").ledger.ran == Counter(traverse=1, explain=1, score=2)


def test_until_stops_early(benchmark_of):
    finished = benchmark_of(*CELL, "until=traverse")
    assert finished.ledger.ran == Counter(fit=1, traverse=1)
    assert not finished.rows


def test_a_grid_shares_the_stages_that_its_cells_have_in_common(benchmark_of):
    finished = benchmark_of(*CELL, "explainer=pixel_change,oracle,constant", "bias=none,disentanglement", "seed=0,1")
    assert len(finished.plan.cells) == 12
    assert finished.ledger.ran == Counter(fit=1, traverse=4, label=1, explain=12, score=24)


def test_every_unit_has_one_row_a_metric_and_a_cell_has_one(benchmark_of):
    rows = benchmark_of(*CELL).rows
    assert Counter(row.metric for row in rows) == Counter(set_f1=10, abstention_f1=1)
    assert len({row.unit for row in rows if row.metric == "set_f1"}) == 10


def test_rows_name_every_stage_behind_them(benchmark_of):
    finished = benchmark_of(*CELL)
    [cell] = finished.plan.cells
    keys = {"fit": cell.fit.key, "traverse": cell.traverse.key, "label": cell.label.key, "explain": cell.explain.key}
    assert all(row.keys == keys | {"score": cell.scores[row.metric].key} for row in finished.rows)


def test_rows_of_a_grid_are_those_of_its_cells_run_alone(benchmark_of):
    together = benchmark_of(*CELL, "seed=0,1", "explainer=oracle,shuffled").rows
    alone = [row for explainer in ("oracle", "shuffled") for seed in (0, 1)
             for row in benchmark_of(*CELL, f"seed={seed}", f"explainer={explainer}").rows]  # fmt: skip
    assert sorted(map(str, together)) == sorted(map(str, alone))


def test_a_control_needs_truth(benchmark_of):
    with pytest.raises(ConfigError, match="nobody knows it"):
        benchmark_of(*CELL, "explainer=oracle", "model.truth=null")


def test_without_truth_label_metrics_are_undefined(benchmark_of):
    rows = benchmark_of(*CELL, "model.truth=null").rows
    assert {row.value for row in rows} == {None}
    assert {row.status for row in rows} == {None}


def test_all_faults_of_all_parts_are_reported_at_once(benchmark_of):
    faults = ("seed=-1", "until=lunch", "bias.moves.references=many", "model.generator.latents=0", "++explainer.extra=1")
    with pytest.raises(ConfigError) as raised:
        benchmark_of(*CELL, *faults)
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == [
        "until",
        "seed",
        "model.generator.latents",
        "bias.moves.references",
        "explainer.extra",
    ]


def test_python_gets_rows_as_a_frame(away):
    import bench

    frame = bench.run(*CELL, "bias=none,disentanglement")
    assert list(frame.columns)[:5] == ["dataset", "model", "bias", "explainer", "seed"]
    assert len(frame) == 2 * 11


def test_python_builds_one_component(away):
    import bench

    assert len(bench.load("dataset=dsprites")) == 737_280
