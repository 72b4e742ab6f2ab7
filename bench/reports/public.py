"""A configuration as plain containers without anything secret, fit to leave this machine."""

import os
import re
from collections.abc import Mapping, Sequence
from typing import Any

HIDDEN = "(hidden)"
_SECRET_NAME = re.compile(
    r"(^|[_\-.])(api_?key|key|token|secret|password|passwd|credentials?|authorization|bearer)$", re.IGNORECASE
)
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@")
_SHORTEST = 8  # a shorter value of a variable is likelier a common word than a secret


def public(config: Mapping[str, Any]) -> dict[str, Any]:
    """Copy `config`; values under names such as `api_key`, values of such environment variables and logins in URLs are hidden.

    What is neither a container nor JSON becomes its text.
    """
    return {str(name): HIDDEN if _is_secret(str(name), value) else _plain(value) for name, value in config.items()}


def _is_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and value != "" and _SECRET_NAME.search(name) is not None


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return public(value)
    if isinstance(value, str):
        return _without_secrets(value)
    if isinstance(value, Sequence):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else _without_secrets(str(value))


def _without_secrets(text: str) -> str:
    for name, secret in os.environ.items():
        if len(secret) >= _SHORTEST and _SECRET_NAME.search(name):
            text = text.replace(secret, HIDDEN)
    return _LOGIN.sub(HIDDEN + "@", text)
