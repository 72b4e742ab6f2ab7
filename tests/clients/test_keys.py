import pytest

from bench.clients.keys import hidden

SECRET = "sk-A=b+c/0123"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", SECRET)


@pytest.mark.parametrize("written", [SECRET, r"sk-A=b+c\/0123", r"sk-A=b+c\\/0123", r"sk-A\u003db\u002Bc\/0123", f"{SECRET}\n"])
def test_a_key_is_hidden_however_json_writes_it(written: str) -> None:
    assert hidden(f"before {written} after", "SOME_KEY").split() == ["before", "[key]", "after"]


def test_other_text_stays() -> None:
    assert hidden("sk-A=b+c/0124 says nothing", "SOME_KEY") == "sk-A=b+c/0124 says nothing"


def test_placeholders_are_honest_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_KEY", "EMPTY")
    assert hidden("the set is EMPTY", "SOME_KEY") == "the set is EMPTY"


def test_nothing_is_hidden_without_a_key() -> None:
    assert hidden("anything", None) == "anything"
