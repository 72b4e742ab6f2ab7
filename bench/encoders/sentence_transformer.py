"""Text encoder: any sentence-transformers model (Reimers & Gurevych 2019, arXiv 1908.10084)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from bench.component import component
from bench.encoders.pretrained import encodable, model_folder, quiet
from bench.errors import DataError


@component
class SentenceEncoder:
    """Vectors of length one, equal for equal texts.

    `model` and `revision` are those of `model_folder`. A folder is known by its path alone: give changed weights another path.
    Texts beyond the model's window are cut (256 word pieces for MiniLM). The batch size moves values by float noise only (< 1e-6).
    """

    version: ClassVar[int] = 1
    model: str
    revision: str | None
    device: str
    batch_size: int

    def __call__(self, texts: Sequence[str]) -> Float32[ndarray, "texts dims"]:
        """One row per text, in order; each distinct text is encoded once."""
        distinct = list(dict.fromkeys(texts)) or [""]
        row = {text: number for number, text in enumerate(distinct)}
        settings = {"normalize_embeddings": True, "convert_to_numpy": True, "show_progress_bar": False}
        vectors = self._network.encode([*map(encodable, distinct)], batch_size=self.batch_size, **settings)
        return np.asarray(vectors, np.float32)[np.array([row[text] for text in texts], np.intp)]

    @cached_property
    def _network(self) -> Any:
        """The network, loaded at first use and kept; a cached property is no field, so the component stays frozen."""
        folder = model_folder(self.model, self.revision)
        from sentence_transformers import SentenceTransformer

        try:
            with quiet():
                return SentenceTransformer(str(folder), device=self.device)
        except (OSError, ValueError) as error:
            raise DataError(f"expected a sentence-transformers model at {folder}, got: {error}") from error
