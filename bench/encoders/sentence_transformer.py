"""Text encoder: any sentence-transformers model (Reimers & Gurevych 2019, arXiv 1908.10084)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
from jaxtyping import Float32
from numpy import ndarray

from bench.component import component
from bench.encoders.alike import of_equal_length
from bench.encoders.pretrained import encodable, model_folder, quiet
from bench.errors import DataError


@component
class SentenceEncoder:
    """Vectors of length one, equal for equal texts.

    `model` and `revision` are those of `model_folder`. A folder is known by its path alone: give changed weights another path.
    Texts beyond the model's window are cut (256 word pieces for MiniLM). Texts share a batch only with texts as long as themselves,
    at most `batch_size`, so that none is padded.
    """

    version: ClassVar[int] = 1
    model: str
    revision: str | None
    device: str
    batch_size: int

    def __call__(self, texts: Sequence[str]) -> Float32[ndarray, "texts dims"]:
        """One row per text, in order; each distinct text is encoded once."""
        distinct = list(dict.fromkeys(texts)) or [""]
        ready = [*map(encodable, distinct)]
        lengths = [int(self._network.preprocess([text])["attention_mask"].sum()) for text in ready]
        vectors: dict[str, Float32[ndarray, " dims"]] = {}
        for places in of_equal_length(lengths, self.batch_size):
            vectors.update(zip((distinct[i] for i in places), self._embedded([ready[i] for i in places]), strict=True))
        return np.array([vectors[text] for text in texts], np.float32).reshape(len(texts), len(vectors[distinct[0]]))

    def _embedded(self, texts: Sequence[str]) -> Float32[ndarray, "texts dims"]:
        settings = {"normalize_embeddings": True, "convert_to_numpy": True, "show_progress_bar": False}
        return np.asarray(self._network.encode([*texts], batch_size=self.batch_size, **settings), np.float32)

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
