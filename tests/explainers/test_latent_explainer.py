import asyncio
import base64
import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from omegaconf import DictConfig, OmegaConf
from PIL import Image

from bench.artifacts import Condition, Explanation, Row, Traversal, Unit
from bench.build import build
from bench.cells import cells
from bench.clients.remembered import Remembered
from bench.compose import composer
from bench.errors import ConfigError
from bench.explainers.latent_explainer import LatentExplainer
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.sheet import sheet
from bench.interfaces import Explainer
from bench.recipes import recipe
from bench.shipped import shipped
from tests.loopback import Loopback

BIAS = PromptBias(
    name="disentanglement",
    formula="p(z_i | z_j = a) = p(z_i | z_j = b)",
    mapping={"z_i": "pattern of change"},
    layout="These are two rows of images.",
    sentence="They show the same pattern of change.",
)
NO_BIAS = PromptBias(name="none", formula=None, mapping={}, layout="This is a row of images.", sentence="")
SIZES = [
    "The size of the heart grows.",
    "The heart's size grows from left to right.",
    "Its colour fades.",
    "The size grows.",
    "Size grows.",
]


PARTS = {"prompt": "given", "layout": "sheet", "certainty": "bag_of_words"}


def composed(runtime: dict[str, object], client: str = "vllm", options: Mapping[str, str] = PARTS, **changed: object) -> DictConfig:
    explainer = OmegaConf.load(shipped("conf", "explainer", "latent_explainer.yaml"))
    del explainer.defaults
    parts = {group: OmegaConf.load(shipped("conf", group, f"{option}.yaml")) for group, option in {**PARTS, **options}.items()}
    explainer = OmegaConf.merge(explainer, parts, changed)
    client_node = OmegaConf.load(shipped("conf", "client", f"{client}.yaml"))
    return OmegaConf.create({"explainer": explainer, "client": client_node, "runtime": runtime})


def traversal(anchor: int = 0, condition: Condition | None = None) -> Traversal:
    images = np.random.default_rng(anchor).integers(0, 256, (2, 5, 1, 16, 16), dtype=np.uint8)
    rows = (Row((0,)), Row((0,), Condition("another shape", (1,), (2.0,))))
    codes = np.zeros((2, 5, 3), dtype=np.float32)
    return Traversal(Unit("z0", (0,), condition), anchor, np.zeros(3, dtype=np.float32), codes, images, rows)


@pytest.fixture
def server() -> Iterator[Loopback]:
    with Loopback() as running:
        yield running


@pytest.fixture
def explainer(server: Loopback, tmp_path: Path) -> Callable[..., LatentExplainer]:
    """The explainer of the shipped YAML, asking the loopback server through the shipped client of `vllm`."""
    runtime = {"concurrency": 8, "timeout": 20.0, "attempts": 1, "dollars": None, "folders": {"answers": str(tmp_path)}}

    def make(**changed: object) -> LatentExplainer:
        options = {group: changed.pop(group) for group in PARTS if isinstance(changed.get(group), str)}
        whole = composed(runtime, options=options, **changed)
        whole.client.client.base_url = server.base_url
        return build(OmegaConf.to_container(whole.explainer, resolve=True))

    return make


def say(server: Loopback, answers: list[str]) -> None:
    """Answer by the replicate, which arrives as the seed."""
    server.answer = lambda body: answers[body["seed"] % len(answers)]


def explain(explainer: LatentExplainer, bias: PromptBias = BIAS, seed: int = 0, shown: int = 1) -> Explanation:
    return asyncio.run(explainer([traversal(i) for i in range(shown)], bias, seed))


def test_keeps_the_protocol(explainer: Callable[..., LatentExplainer]) -> None:
    assert isinstance(explainer(), Explainer)
    assert isinstance(explainer().client, Remembered)


def test_keeps_the_answer_that_agrees_most(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    say(server, SIZES)
    explanation = explain(explainer())
    assert explanation.unit == "z0"
    assert explanation.answers == tuple(SIZES)
    # Similarities by hand, of 10 pairs; the answer about colour has no word in common with the others.
    pairs = [5 / 8, 4 / 24**0.5, 2 / 4, 3 / 24**0.5, 2 / 4, 2 / 6**0.5]
    assert explanation.text == "The size grows."
    assert explanation.certainty == pytest.approx(sum(pairs) / 10)
    assert explanation.outcome == "answered"


def test_sends_layout_bias_question_rules_and_the_sheet(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    made = explainer()
    explanation = explain(made)
    (text, image) = server.received[0].body["messages"][0]["content"]
    rules = [made.question, made.length_rule, made.abstain_rule]
    assert text["text"].split("\n") == [BIAS.layout, BIAS.sentence, *rules] == (explanation.prompt or "").split("\n")
    content = base64.b64decode(image["image_url"]["url"].partition(",")[2])
    seen = np.asarray(Image.open(io.BytesIO(content)))
    assert np.array_equal(seen, sheet(traversal().images, 128, 4)[0])
    assert explanation.images == (hashlib.sha256(np.ascontiguousarray(seen).data).hexdigest(),)


def test_no_bias_adds_nothing(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    made = explainer()
    expected = [NO_BIAS.layout, made.question, made.length_rule, made.abstain_rule]
    assert made.message([traversal()], NO_BIAS).text.split("\n") == expected


def test_several_traversals_are_told_and_sent_in_order(explainer: Callable[..., LatentExplainer]) -> None:
    message = explainer(sent=2).message([traversal(0), traversal(1), traversal(2)], BIAS)
    assert len(message.images) == 2
    assert "Each of the 2 pictures" in message.text
    assert np.array_equal(message.images[1], sheet(traversal(1).images, 128, 4))


def test_more_traversals_than_shown_is_a_wrong_setting(explainer: Callable[..., LatentExplainer]) -> None:
    with pytest.raises(ConfigError, match="sent: expected at most the 1"):
        explain(explainer(sent=2))


def test_words_of_the_condition_are_filled_in(explainer: Callable[..., LatentExplainer]) -> None:
    given = PromptBias(name="conditional", formula=None, mapping={}, layout="Given {condition}:", sentence="")
    unit = traversal(condition=Condition("the shape is a heart", (1,), (0.0,)))
    assert explainer().message([unit], given).text.startswith("Given the shape is a heart:\n")


def test_a_line_about_the_condition_is_left_out_without_one(explainer: Callable[..., LatentExplainer]) -> None:
    given = PromptBias(name="conditional", formula=None, mapping={}, layout="Rows.\nGiven {condition}:", sentence="")
    assert explainer().message([traversal()], given).text.startswith("Rows.\nWhat")


def test_a_seed_draws_its_own_replicates(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    made = explainer(answers=3)
    explain(made, seed=0)
    explain(made, seed=2)
    assert sorted(received.body["seed"] for received in server.received) == [0, 1, 2, 6, 7, 8]


def test_the_same_unit_and_seed_is_asked_once(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    first = explain(explainer())
    assert explain(explainer()) == first
    assert len(server.received) == 5
    assert first.usage["prompt_tokens"] == 500


def test_answers_that_disagree_are_no_explanation(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    say(server, ["Size grows.", "Colour fades.", "Position shifts.", "Nothing moves.", "Shape rotates."])
    explanation = explain(explainer())
    assert (explanation.text, explanation.certainty, explanation.outcome) == (None, 0.0, "abstained")
    assert len(explanation.answers) == 5
    assert explain(explainer(threshold=None)).text == "Size grows."


def test_certainty_at_the_threshold_explains(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    say(server, ["size grows", "size falls"])
    assert explain(explainer(answers=2, threshold=0.5)).outcome == "answered"
    assert explain(explainer(answers=2, threshold=0.51)).outcome == "abstained"


def test_a_single_answer_has_no_certainty_and_is_given(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    explanation = explain(explainer(answers=1))
    assert explanation.certainty is None
    assert explanation.text == explanation.answers[0]


@pytest.mark.parametrize(
    ("answer", "abstains"),
    [
        ("No clear explanation", True),
        ('"No clear explanation."', True),
        ("**There is no clear  pattern**, the frames look alike.", True),
        ("NO CLEAR EXPLANATION \u2014 all frames are equal.", True),
        ("No clear change of shape, but the object moves right.", False),
        ("No clear explanation of the rotation exists but size grows.", False),
        ("The size grows. No clear explanation for the colour.", False),
        ("", False),
    ],
)
def test_an_answer_abstains_by_its_first_clause(explainer: Callable[..., LatentExplainer], answer: str, abstains: bool) -> None:
    assert explainer().abstains(answer) is abstains


def test_unanimous_abstention_is_an_abstention(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    say(server, ["No clear explanation."])
    explanation = explain(explainer())
    assert (explanation.text, explanation.certainty) == (None, 1.0)
    assert explanation.usage["abstaining_answers"] == 5


@pytest.mark.parametrize(
    "answers",
    [
        ["Unclear.", "Nothing.", "None of it.", "Size grows.", "Size grows."],
        ["Unclear.", "Unclear.", "Size grows.", "Colour fades.", "Shape turns."],
    ],
    ids=["most answers abstain", "the answer most agreed on abstains"],
)
def test_silence_wins_by_number_or_by_agreement(
    server: Loopback, explainer: Callable[..., LatentExplainer], answers: list[str]
) -> None:
    say(server, answers)
    explanation = explain(explainer(threshold=None, abstain_phrases=["unclear", "nothing", "none of it"]))
    assert explanation.outcome == "abstained"


def test_a_few_abstaining_answers_do_not_silence_the_rest(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    say(server, ["Size grows.", "The size grows.", "No clear explanation.", "Size grows.", "No clear explanation."])
    explanation = explain(explainer(threshold=None))
    assert explanation.text == "Size grows."
    assert explanation.usage["abstaining_answers"] == 2


@pytest.mark.parametrize(("outcome", "kind"), [("refusal", "refused"), ("500", "unreachable"), ("length", "truncated")])
def test_one_failed_answer_fails_the_unit(
    server: Loopback, explainer: Callable[..., LatentExplainer], outcome: str, kind: str
) -> None:
    server.script.extend(["ok", outcome])
    explanation = explain(explainer())
    assert (explanation.failure, explanation.text, explanation.answers) == (kind, None, ())


def test_a_failed_unit_keeps_what_was_sent(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    server.faults = {"refusal": 1.0}
    made = explainer()
    explanation = explain(made)
    message = made.message([traversal()], BIAS)
    assert explanation.failure == "refused"
    assert (explanation.prompt, explanation.images) == (message.text, message.hashes)
    assert {received.body["messages"][0]["content"][0]["text"] for received in server.received} == {explanation.prompt}


def test_enough_usable_answers_explain_and_the_failed_are_counted(
    server: Loopback, explainer: Callable[..., LatentExplainer]
) -> None:
    say(server, ["Size grows."])
    server.script.extend(["refusal", "ok", "500"])
    explanation = explain(explainer(min_answers=3))
    assert explanation.answers == ("Size grows.",) * 3
    assert explanation.usage["failed_answers"] == 2


def test_more_answers_required_than_drawn_is_a_wrong_setting(explainer: Callable[..., LatentExplainer]) -> None:
    with pytest.raises(ConfigError, match="min_answers"):
        explainer(answers=2, min_answers=3)


def test_every_client_of_the_shipped_files_is_built() -> None:
    runtime = {
        "device": "cpu",
        "batch_size": 4,
        "concurrency": 8,
        "timeout": 20.0,
        "attempts": 1,
        "dollars": None,
        "folders": {"answers": "answers"},
    }
    for path in sorted(shipped("conf", "client").glob("*.yaml")):
        client = build(OmegaConf.to_container(composed(runtime, path.stem).client, resolve=True))
        assert json.dumps(client.identity)


def test_without_telling_the_bias_its_rows_are_told_and_its_sentence_is_not(explainer: Callable[..., LatentExplainer]) -> None:
    made = explainer(tells_bias=False)
    expected = [BIAS.layout, made.question, made.length_rule, made.abstain_rule]
    assert made.message([traversal()], BIAS).text.split("\n") == expected


def test_a_written_prompt_is_sent_and_recorded(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    server.answer = lambda body: "size grows" if len(body["messages"][0]["content"]) > 1 else "Both rows do the same."
    explanation = explain(explainer(prompt="written"))
    lines = (explanation.prompt or "").split("\n")
    assert lines[1] == "Both rows do the same."
    assert BIAS.sentence not in lines
    sent = {received.body["messages"][0]["content"][0]["text"] for received in server.received}
    assert explanation.prompt in sent
    assert len(server.received) == 1 + 5


def test_frames_are_sent_one_by_one_and_told(explainer: Callable[..., LatentExplainer]) -> None:
    message = explainer(layout="frames", sent=2).message([traversal(0), traversal(1)], BIAS)
    assert len(message.images) == 2 * 2 * 5
    assert "2 rows of 5 images" in message.text
    assert "There are 2 such sets" in message.text


def test_a_unit_that_does_not_change_is_not_asked_about(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    made, moved = explainer(skip_below=0.002, prompt="written"), traversal()
    still = replace(moved, images=np.full_like(moved.images, 7))
    explanation = asyncio.run(made([still], BIAS, 0))
    assert (explanation.outcome, explanation.answers, explanation.usage) == ("abstained", (), {"skipped": 1.0})
    assert made.requests([still], BIAS, 0) == []
    assert not server.received
    assert len(made.requests([moved], BIAS, 0)) == 5


def test_one_traversal_that_changes_is_enough_to_ask(server: Loopback, explainer: Callable[..., LatentExplainer]) -> None:
    made, moved = explainer(skip_below=0.002, sent=2), traversal()
    still = replace(moved, images=np.full_like(moved.images, 7))
    asyncio.run(made([still, moved], BIAS, 0))
    assert len(server.received) == 5


OPPOSITE = ["The object grows from left to right.", "The object shrinks from left to right."]


@pytest.mark.parametrize(
    ("certainty", "sure", "outcome"),
    [("bag_of_words", 6 / 7, "answered"), ("sentences", 0.0, "abstained"), ("semantic_entropy", 0.0, "abstained")],
)
def test_opposite_answers_pass_for_agreement_by_words_and_not_by_meaning(
    server: Loopback, whole_explainer: Callable[..., LatentExplainer], certainty: str, sure: float, outcome: str
) -> None:
    say(server, OPPOSITE)
    explanation = explain(whole_explainer(certainty))
    assert explanation.certainty == pytest.approx(sure)
    assert explanation.outcome == outcome


def test_unanimous_abstention_has_no_certainty_by_meaning(
    server: Loopback, whole_explainer: Callable[..., LatentExplainer]
) -> None:
    say(server, ["No clear explanation."])
    explanation = explain(whole_explainer("semantic_entropy"))
    assert (explanation.text, explanation.certainty) == (None, None)
    assert explanation.usage["abstaining_answers"] == 2


@pytest.fixture
def whole_explainer(server: Loopback, tmp_path: Path) -> Callable[[str], LatentExplainer]:
    """The explainer as the command composes it with an option of `certainty`, drawing two answers."""

    def make(certainty: str) -> LatentExplainer:
        overrides = ["explainer=latent_explainer", f"certainty@explainer.certainty={certainty}", "explainer.answers=2"]
        overrides += ["client=vllm", f"client.client.base_url={server.base_url}", f"runtime.folders.answers={tmp_path}"]
        with composer(overrides) as (fixed, axes):
            [cell] = cells(fixed, axes)
        return build(cell.config["explainer"])

    return make


def key_part(whole: DictConfig) -> dict:
    raw = OmegaConf.to_container(whole, resolve=False)
    return recipe(OmegaConf.to_container(whole, resolve=True)["explainer"], raw["explainer"], raw)


def test_how_fast_and_where_answers_are_kept_is_no_part_of_the_key() -> None:
    here = {"concurrency": 8, "timeout": 20.0, "attempts": 1, "dollars": None, "folders": {"answers": "here"}}
    there = {"concurrency": 1, "timeout": 2.0, "attempts": 9, "dollars": 5.0, "folders": {"answers": "there"}}
    assert key_part(composed(here)) == key_part(composed(there))
    assert key_part(composed(here))["client"]["client"]["model"] == "Qwen/Qwen2.5-VL-7B-Instruct"
    assert key_part(composed(here, "ollama")) != key_part(composed(here))
