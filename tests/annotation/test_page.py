import re
from dataclasses import replace

import pytest

from bench.annotation.page import read_task, render
from bench.annotation.task import Said
from bench.errors import DataError

HOSTILE = "</script><img src=x onerror=alert(1)>"


def test_the_task_is_read_back_from_the_page(page, task):
    assert read_task(page) == task


def test_equal_tasks_give_equal_bytes(task):
    assert render(task) == render(task)


def test_a_hostile_text_or_title_cannot_end_the_script_that_holds_it(task):
    item = replace(task.items[0], said=(Said("0" * 16, HOSTILE),))
    html = render(replace(task, title=HOSTILE, items=(item, *task.items[1:])))
    assert "<img" not in html
    assert html.count("</script>") == html.count("<script") == 2


def test_the_policy_names_the_hash_of_the_only_script_and_allows_no_request(page):
    html = page.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', html)[1]
    assert policy.startswith("default-src &#39;none&#39;; img-src data:;")
    assert "unsafe" not in policy


def test_a_page_whose_task_was_changed_is_refused(page, tmp_path):
    changed = tmp_path / "changed.html"
    changed.write_text(page.read_text(encoding="utf-8").replace('"unit":"z', '"unit":"y'), encoding="utf-8")
    with pytest.raises(DataError, match="was changed after it was made"):
        read_task(changed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<p>hello</p>", "no task in it"),
        ('<script type="application/json" id="task">{</script>', "its task is damaged"),
        ('<script type="application/json" id="task">[]</script>', "its task is damaged"),
        ('<script type="application/json" id="task">{"task":{"version":1}}</script>', "its task is damaged"),
    ],
)
def test_a_file_that_is_no_page_is_refused(tmp_path, text, told):
    path = tmp_path / "page.html"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=told):
        read_task(path)


def test_a_page_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="cannot read it"):
        read_task(tmp_path / "none.html")
