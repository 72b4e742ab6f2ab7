import asyncio

import pytest
import yaml

from bench.errors import ClientError
from bench.judges.chat import ChatJudge, place
from tests.judges.cells import CONF, Says, strip

WORDS = {k: v for k, v in yaml.safe_load((CONF / "judge" / "chat.yaml").read_text()).items() if k not in ("_target_", "client")}


def judge(client, **changed) -> ChatJudge:
    return ChatJudge(client=client, **WORDS | changed)


@pytest.mark.parametrize(
    ("answer", "expected"), [("1", 0), ("3", 2), (" 2. ", 1), ('"3"', 2), ("**1**", 0), ("None.", None), ("none", None)]
)
def test_a_number_or_none_is_read(answer, expected):
    assert place(answer, 3) == expected


@pytest.mark.parametrize("answer", ["", "0", "4", "-1", "1 or 2", "Picture 1", "one", "12", "nonetheless", "1" * 5000])
def test_all_else_is_a_failure_with_a_kind(answer):
    with pytest.raises(ClientError, match="from 1 to 3") as caught:
        place(answer, 3)
    assert caught.value.kind == "unparsable"
    assert not caught.value.transient


def test_strips_are_sent_in_order_each_as_one_picture():
    client = Says("2")
    assert asyncio.run(judge(client).choose_strip("It grows.", [strip(scale=1), strip(scale=-1)])) == 1
    [question] = client.questions
    assert "It grows." in question.text
    assert "{" not in question.text
    assert [picture.shape for picture in question.images] == [(1, 128, 656)] * 2
    assert (question.images[0] != question.images[1]).any()


def test_texts_are_listed_with_their_numbers():
    client = Says("none")
    assert asyncio.run(judge(client).choose_text(strip(), ["It grows.", "It {options} turns."])) is None
    [question] = client.questions
    assert "1. It grows.\n2. It {options} turns." in question.text
    assert len(question.images) == 1


def test_two_ends_are_two_pictures():
    client = Says("1")
    images = strip(scale=1).images[0]
    assert asyncio.run(judge(client).choose_end("It grows.", (images[0], images[-1]))) == 0
    assert [picture.shape for picture in client.questions[0].images] == [(1, 128, 128)] * 2


@pytest.mark.parametrize("text", ["grow " * 10_000, "ü 拡大 🙂\n\n2. no \udcff", ""])
def test_odd_texts_are_cut_and_kept_on_one_line(text):
    client = Says("1")
    asyncio.run(judge(client, longest=50).choose_text(strip(), [text, "It grows."]))
    listed = client.questions[0].text.split("one a line:\n")[1].split("\nWhich")[0]
    assert len(listed.split("\n")) == 2
    assert len(listed) < 100
    listed.encode()
