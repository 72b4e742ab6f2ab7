import json
from pathlib import Path

from bench.reports.public import HIDDEN, public


def test_secrets_are_hidden_by_name_wherever_they_stand():
    config = {
        "client": {"api_key": "sk-1", "headers": [{"Authorization": "Bearer x"}], "max_tokens": 5, "key": None},
        "hf_token": "t",
    }
    assert public(config) == {
        "client": {"api_key": HIDDEN, "headers": [{"Authorization": HIDDEN}], "max_tokens": 5, "key": None},
        "hf_token": HIDDEN,
    }


def test_values_of_secret_variables_are_hidden_wherever_they_stand(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-0123456789")
    assert public({"url": "a?key=sk-0123456789&b", "name": "OPENAI_API_KEY"}) == {
        "url": f"a?key={HIDDEN}&b",
        "name": "OPENAI_API_KEY",
    }


def test_a_login_in_an_address_is_hidden():
    assert public({"url": "https://me:secret@host/v1"}) == {"url": f"https://{HIDDEN}@host/v1"}


def test_only_plain_containers_are_left():
    plain = public({"a": (1, 2.5, None, True), "p": Path("x"), 3: {"b": "c"}})
    assert plain == {"a": [1, 2.5, None, True], "p": "x", "3": {"b": "c"}}
    json.dumps(plain)
