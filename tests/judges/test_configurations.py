"""The judges of `conf/judge`, as the command composes them."""

from collections import Counter

import pytest

from bench.build import build
from bench.cells import cells
from bench.compose import composer
from bench.interfaces import ChoosingJudge, ScoringJudge
from bench.plan import plan
from tests.judges.cells import CONF
from tests.loopback import Loopback

CELL = ("model=exact_identity", "explainer=oracle", "metric=[backward_accuracy]", "tracker=none")


@pytest.mark.parametrize("option", sorted(path.stem for path in (CONF / "judge").glob("*.yaml")))
def test_an_option_is_a_judge_that_metrics_take(option, away):
    with composer([*CELL, f"judge={option}"]) as (fixed, axes):
        [cell] = cells(fixed, axes)
    judge = build(cell.config["metric"]["backward_accuracy"]).choice.judge
    assert isinstance(judge, ChoosingJudge if option == "chat" else ScoringJudge)
    assert not isinstance(judge, ScoringJudge if option == "chat" else ChoosingJudge)


def test_another_judge_or_another_client_of_it_is_another_score(away):
    keys = set()
    for judge in (["judge=measured"], ["judge=captions"], ["judge=chat"], ["judge=chat", "client=anthropic"]):
        with composer([*CELL, *judge]) as (fixed, axes):
            [cell] = plan(cells(fixed, axes)).cells
        keys.add(cell.scores["backward_accuracy"].key)
    assert len(keys) == 4


def test_the_cell_runs_from_the_command_line(benchmark_of):
    finished = benchmark_of(*CELL)
    assert [row.value for row in finished.rows if row.value is not None] == [1.0] * 5


def asked(benchmark_of, answer):
    """The values of units that have one to expect, when a model behind a real server gives this answer to everything."""
    with Loopback(answer=lambda body: answer) as server:
        client = ("client=vllm", f"client.client.base_url={server.base_url}")
        finished = benchmark_of(*CELL, *client, "judge=chat", "metric.backward_accuracy.choice.strips=1")
    return [row.value for row in finished.rows if row.outcome == "answered"], server.received


def test_a_chat_model_is_asked_in_every_order_and_its_favourite_place_is_chance(benchmark_of):
    values, received = asked(benchmark_of, "1")
    assert values == pytest.approx([0.2] * 5)
    assert len(received) == 25
    parts = Counter(part["type"] for part in received[0].body["messages"][-1]["content"])
    assert parts == {"text": 1, "image_url": 5}


def test_a_chat_model_that_does_not_answer_the_question_is_not_scored(benchmark_of):
    assert asked(benchmark_of, "The second one, I think.")[0] == [None] * 5
