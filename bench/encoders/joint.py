"""Pictures and texts in one space, by any model of open_clip (Radford et al. 2021, arXiv 2103.00020)."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, NamedTuple

import numpy as np
from jaxtyping import Float32, UInt8
from numpy import ndarray
from pydantic import Field

from bench.component import component
from bench.errors import ConfigError, DataError
from bench.hardware import usable
from bench.shipped import shipped

BUNDLED = "scenes_clip"
WEIGHTS = "open_clip_model.safetensors"
REMEMBERED = 50_000  # pictures and texts; then all are forgotten


class _Network(NamedTuple):
    model: Any
    prepare: Any  # a PIL picture to a tensor, as the model was trained
    tokens: Any


@component
class JointEncoding:
    """Rows of length one, equal for equal pictures and equal texts; as a text encoder it gives the rows of texts.

    `model` is "scenes_clip" (shipped, trained on dSprites and 3D Shapes), a name that open_clip knows, "hf-hub:org/name" or
    "local-dir:/path"; `pretrained` is the tag or the file of weights of a named model and `null` for the others. `sha256` is that
    of the weights where they lie in a folder, so that other weights are another encoder; `null` checks nothing. Grey pictures
    become RGB, pictures are resized and cropped as the model asks, and texts beyond its window are cut. The batch size moves
    values by float noise only (< 1e-5).
    """

    version: ClassVar[int] = 1
    model: str
    pretrained: str | None
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None
    device: str
    batch_size: Annotated[int, Field(ge=1)]

    def images(self, pictures: UInt8[ndarray, "n channels height width"]) -> Float32[ndarray, "n dims"]:
        """One row per picture, in order; each distinct picture is encoded once, however often it is asked for."""
        names = [hashlib.sha256(f"{picture.shape}".encode() + picture.tobytes()).digest() for picture in pictures]
        return self._rows(names, lambda chosen: self._seen(pictures[chosen]))

    def texts(self, texts: Sequence[str]) -> Float32[ndarray, "n dims"]:
        """One row per text, in order; each distinct text is encoded once, however often it is asked for."""
        return self._rows(texts, lambda chosen: self._read([texts[k] for k in chosen]))

    def __call__(self, texts: Sequence[str]) -> Float32[ndarray, "n dims"]:
        """The rows of texts."""
        return self.texts(texts)

    def _rows(self, names: Sequence[str | bytes], encode: Callable[[list[int]], ndarray]) -> Float32[ndarray, "n dims"]:
        if not names:
            return self.texts([""])[:0]
        known = self._known
        if len(known) > REMEMBERED:
            known.clear()
        missing = list({name: at for at, name in enumerate(names) if name not in known}.values())
        for start in range(0, len(missing), self.batch_size):
            chosen = missing[start : start + self.batch_size]
            known.update(zip((names[at] for at in chosen), encode(chosen), strict=True))
        return np.stack([known[name] for name in names])

    @cached_property
    def _known(self) -> dict[str | bytes, ndarray]:
        return {}

    def _seen(self, pictures: UInt8[ndarray, "n channels height width"]) -> Float32[ndarray, "n dims"]:
        import torch
        from PIL import Image

        if pictures.shape[1] not in (1, 3):
            raise DataError(f"expected pictures with 1 or 3 channels, got {pictures.shape[1]}; draw them grey or in RGB")
        frames = np.broadcast_to(pictures, (len(pictures), 3, *pictures.shape[2:])).transpose(0, 2, 3, 1)
        batch = torch.stack([self._network.prepare(Image.fromarray(np.ascontiguousarray(frame))) for frame in frames])
        with torch.inference_mode():
            rows: ndarray = self._network.model.encode_image(batch.to(self.device), normalize=True).float().cpu().numpy()
        return rows

    def _read(self, texts: Sequence[str]) -> Float32[ndarray, "n dims"]:
        import torch

        with torch.inference_mode():
            tokens = self._network.tokens([text or " " for text in texts]).to(self.device)
            rows: ndarray = self._network.model.encode_text(tokens, normalize=True).float().cpu().numpy()
        return rows

    @cached_property
    def _network(self) -> _Network:
        """The network, loaded at first use and kept; a cached property is no field, so the component stays frozen."""
        name = f"local-dir:{shipped('baselines', BUNDLED)}" if self.model == BUNDLED else self.model
        if self.pretrained is None and ":" not in name:
            raise ConfigError(f"pretrained: expected a tag or a file of weights of the open_clip model {self.model!r}, got null")
        _check(name, self.sha256)
        device = usable(self.device)
        import open_clip

        try:
            with silent():
                model, _, prepare = open_clip.create_model_and_transforms(name, pretrained=self.pretrained, device=device)
                return _Network(model.eval(), prepare, open_clip.get_tokenizer(name))
        except (OSError, RuntimeError, ValueError) as error:
            raise DataError(
                f"expected the open_clip model {self.model!r} with weights {self.pretrained!r}, got: {error} "
                f"Go online once, check both names (open_clip.list_pretrained()), give a path, or use model: {BUNDLED}"
            ) from error


def _check(name: str, sha256: str | None) -> None:
    """open_clip begins with random weights where a folder has none: a folder must have some, and those that are expected."""
    scheme, _, folder = name.partition(":")
    path = Path(folder) / WEIGHTS
    if scheme != "local-dir" and sha256 is not None:
        raise ConfigError(f"sha256: expected null for {name!r}, which is no folder, got {sha256!r}")
    if scheme != "local-dir":
        return
    if not path.is_file():
        raise DataError(f"expected the weights of {name!r} at {path}, found no file; check the path")
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    if sha256 is not None and found != sha256:
        raise DataError(f"expected SHA-256 {sha256} of {path}, got {found}; reinstall latentbench, or correct `sha256`")


@contextmanager
def silent() -> Iterator[None]:
    """Hold back what open_clip and transformers say while a model loads."""
    import logging

    from bench.encoders.pretrained import quiet

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with quiet():
            yield
    finally:
        logging.disable(before)
