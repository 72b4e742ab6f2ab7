"""Canonical JSON: one text for one value, whatever the order of its keys. The basis of every key and of every committed line."""

import hashlib
import json
from typing import Any


def canonical(value: Any) -> str:
    """Sorted keys, no spaces, full float precision. NaN and anything that is not JSON raise."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False, ensure_ascii=False)


def digest(value: Any) -> str:
    """128 bits of SHA-256 over the canonical JSON, as 32 hexadecimal digits."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()[:32]
