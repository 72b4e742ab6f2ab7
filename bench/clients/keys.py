"""API keys: read from the environment when a call is made, kept out of everything that is written or shown."""

import os
import re

from bench.errors import ConfigError

NO_KEY = "none"  # what servers without keys are sent: the SDK must send something, and must not look for a key of its own
SECRET_LENGTH = 8  # shorter values are placeholders such as "EMPTY", which may occur in honest text


def key(variable: str | None) -> str:
    """The key in an environment variable. Raises `ConfigError`, which never quotes it, when it is missing or unfit for a header."""
    if variable is None:
        return NO_KEY
    found = os.environ.get(variable, "").strip()
    if not found:
        raise ConfigError(f"expected an API key in the environment variable {variable}, found none; export {variable}=... first")
    if not (found.isascii() and found.isprintable()) or " " in found:
        raise ConfigError(f"the API key in {variable} holds characters that no HTTP header can carry; copy it again")
    return found


def hidden(text: str, variable: str | None) -> str:
    """The text with the key blotted out, also in any way in which JSON may write it."""
    found = os.environ.get(variable or "", "").strip()
    if len(found) < SECRET_LENGTH:
        return text
    return re.sub("".join(rf"(?:\\*{re.escape(sign)}|\\u{ord(sign):04x})" for sign in found), "[key]", text, flags=re.IGNORECASE)
