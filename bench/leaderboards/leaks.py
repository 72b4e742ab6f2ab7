"""What must not be published: keys, pictures, and paths of somebody's machine."""

import re
from collections.abc import Iterator
from typing import Any

FREE = ("text", "answers", "prompt")  # words of models and people, in which a slash is a slash
SECRET = re.compile(r"\b(?:sk-[\w-]{16,}|hf_\w{16,}|gh[pousr]_\w{16,}|AKIA[0-9A-Z]{12,}|xox[abprs]-[\w-]{10,}|AIza[\w-]{20,})")
BEARER = re.compile(r"(?i)\bbearer\s+[\w.~+/-]{16,}|://[^/@\s]+:[^/@\s]+@")
PICTURE = re.compile(
    r"data:[\w.+-]+/[\w.+-]+;base64|(?=[a-z0-9+/]*[A-Z])(?=[A-Z0-9+/]*[a-z])(?=[A-Za-z+/]*[0-9])[A-Za-z0-9+/]{512,}"
)
PATH = re.compile(r"(?:^|[\s\"'=(,:\[])(?:~|(?:/[\w.@+-]+){2,})(?:/|$|[\s\"'),\]])|\b[A-Za-z]:\\|\\\\\w|file:/")


def leaks(value: Any, where: str = "") -> Iterator[str]:
    """What in a JSON value must not be published: one sentence each, which does not repeat it."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaks(key, f"{where}: a name")
            yield from leaks(item, f"{where}.{key:.40}" if where else f"{key:.40}")
    elif isinstance(value, list | tuple):
        for number, item in enumerate(value):
            yield from leaks(item, f"{where}[{number}]" if where else f"line {number + 1}")
    elif isinstance(value, str):
        yield from _found(value, where)


def _found(text: str, where: str) -> Iterator[str]:
    if SECRET.search(text) or BEARER.search(text):
        yield f"{where}: looks like a key or a password"
    if PICTURE.search(text):
        yield f"{where}: holds what looks like a picture or other encoded bytes"
    if not any(part.split("[")[0] in FREE for part in where.split(".")) and PATH.search(text):
        yield f"{where}: holds an absolute path"
