"""The three kinds of failure a user can do something about. Each message says what was expected, what came and what to do."""

import difflib
from collections.abc import Iterable


class BenchError(Exception):
    """Printed without a traceback; the command exits with code 2."""


class ConfigError(BenchError):
    """A setting is wrong: mend the YAML or the command line."""


class DataError(BenchError):
    """Bytes are not what they should be: a file is truncated, has another hash, shape or type, or holds NaN."""


class ClientError(BenchError):
    """A remote model gave no usable answer.

    `kind` is one of `refused`, `filtered`, `empty`, `truncated`, `unparsable` (the model answered, and would again) or
    `timed_out`, `out_of_quota`, `unreachable`, `rejected` (the transport failed; asking again may succeed).
    """

    TRANSPORT = frozenset({"timed_out", "out_of_quota", "unreachable", "rejected"})

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind

    @property
    def transient(self) -> bool:
        """True when the failure says nothing about the model, so that it must not be remembered."""
        return self.kind in self.TRANSPORT


def suggestion(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'bias'?` for a misspelt `name`, or nothing when no known name is near. Swapped letters come first."""
    near = difflib.get_close_matches(name, known, n=3)
    best = sorted(near, key=lambda other: sorted(other) != sorted(name))
    return f"; did you mean {best[0]!r}?" if best else ""
