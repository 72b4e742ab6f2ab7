"""BERTScore F1 between an explanation and its references (Zhang et al. 2020, arXiv 1904.09675)."""

import warnings
from collections import defaultdict
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal, NamedTuple

from jaxtyping import Float32
from numpy import ndarray

from bench.artifacts import Case
from bench.component import component
from bench.encoders.alike import of_equal_length
from bench.encoders.pretrained import encodable, model_folder, quiet
from bench.errors import ConfigError, DataError
from bench.hardware import torch_threads
from bench.interfaces import Aspect
from bench.metrics.told import Over, compared, texts

HELD = 4096  # encoded texts in memory, but for those of the cases at hand
CASES = 256  # compared at a time
TOGETHER = 32  # texts of one length in a batch


class Encoded(NamedTuple):
    """The word pieces of a text: vectors of length one, and weights that add up to 1, or are all 0 where there are no words."""

    vectors: Float32[ndarray, "n dims"]
    weights: Float32[ndarray, " n"]


@component
class BertScore:
    """Greedy matching of contextual word pieces by cosine; the mean best match gives P and R, and F1 is their harmonic mean.

    `model` and `revision` are those of `model_folder`; `layers` is the layer whose states are compared; `rescale` subtracts the
    published English baseline of the model, so that unrelated sentences score near 0. `over` takes the best reference or the mean
    over them. `None` without references (an inactive unit, or nobody knows) and without an answer; a blank answer scores 0. Texts
    beyond 512 word pieces are cut. Values are those that the package gives to a pair alone: in a padded batch it puts 0, the
    similarity to the padding, for a word piece whose cosines are all negative, which moves few values and those by 0.002 at most.

    Raw values lie in [0, 1] in practice, rescaled ones may fall below 0: values beyond [-1, 1] are put on the bound. With MiniLM,
    layer 6, raw, on dSprites, best of 8 references, the ceiling is 1 (a reference word by word) and the floor depends on the
    wording: sentences about other factors score 0.68 (mean) when they are worded like the references, 0.42 when worded freely,
    other topics 0.05 to 0.22. It hardly sees a flipped direction: 0.94 instead of 1 in the wording of the references, 0.55 instead
    of 0.57 in free wording. Compare with the controls of the same table, never across encoders.
    """

    version: ClassVar[int] = 1
    scope: ClassVar[Literal["unit", "cell"]] = "unit"
    higher_is_better: ClassVar[bool] = True
    bounds: ClassVar[tuple[float, float]] = (-1.0, 1.0)
    sees: ClassVar[frozenset[Aspect]] = frozenset({"omissions", "additions", "directions", "texts"})
    model: str
    revision: str | None
    layers: int
    rescale: bool
    over: Over
    threads: int
    device: str

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case. Each text goes through the network once, beside texts as long as itself, so that none is padded."""
        values: list[float | None] = []
        for start in range(0, len(cases), CASES):
            part = cases[start : start + CASES]
            with torch_threads(self.threads):
                self._read(texts(part))
                values.extend(compared(part, self._f1, self.over))
        return values

    def _f1(self, text: str, reference: str) -> float:
        if (text, reference) not in self._known:
            raw = matched(self._encoded[text], self._encoded[reference])
            value = (raw - self._floor) / (1 - self._floor)
            self._known[text, reference] = min(max(value, self.bounds[0]), self.bounds[1])
        return self._known[text, reference]

    @cached_property
    def _known(self) -> dict[tuple[str, str], float]:
        return {}

    @cached_property
    def _encoded(self) -> dict[str, Encoded]:
        return {}

    def _read(self, needed: Sequence[str]) -> None:
        """Encode the texts that are not in memory yet."""
        from bert_score.utils import sent_encode

        if len(self._encoded) > HELD:
            self._encoded.clear()
        unread = [text for text in needed if text not in self._encoded]
        lengths = [len(sent_encode(self._scorer._tokenizer, encodable(text))) for text in unread]
        for places in of_equal_length(lengths, TOGETHER):
            self._encode([unread[place] for place in places])

    def _encode(self, together: Sequence[str]) -> None:
        from bert_score.utils import get_bert_embedding
        from torch.nn.functional import normalize

        network, tokens = self._scorer._model, self._scorer._tokenizer
        importance = defaultdict(lambda: 1.0, {tokens.cls_token_id: 0.0, tokens.sep_token_id: 0.0})
        states, _, weights = get_bert_embedding([*map(encodable, together)], network, tokens, importance, device=self.device)
        for text, state, weight in zip(together, normalize(states, dim=2).cpu().numpy(), weights, strict=True):
            self._encoded[text] = Encoded(state, (weight / max(float(weight.sum()), 1.0)).numpy())

    @cached_property
    def _floor(self) -> float:
        """What unrelated sentences score: the published baseline, or 0 for raw values."""
        with warnings.catch_warnings():
            # The package makes a tensor of the read-only rows of pandas, and copies it at once.
            warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
            return float(self._scorer.baseline_vals[2]) if self.rescale else 0.0

    @cached_property
    def _scorer(self) -> Any:
        """The package's scorer, loaded at first use and kept; a cached property is no field, so the component stays frozen."""
        folder = str(model_folder(self.model, self.revision))
        if "t5" in folder and "t5" not in self.model:
            raise DataError(f"bert-score takes any path with 't5' in it for a T5 model, got {folder}; move or rename the folder")
        from bert_score import BERTScorer

        published = _baseline(self.model) if self.rescale else None
        try:
            with quiet():
                return BERTScorer(
                    model_type=folder,
                    num_layers=self.layers,
                    device=self.device,
                    lang="en",
                    rescale_with_baseline=self.rescale,
                    baseline_path=published,
                )
        except AssertionError as error:
            raise ConfigError(f"layers: expected a layer of {self.model!r}, got {self.layers} ({error})") from error
        except (OSError, ValueError) as error:
            raise DataError(f"expected a transformers model at {folder}, got: {error}") from error


def matched(text: Encoded, reference: Encoded) -> float:
    """F1 of two texts, 0 where one of them has no words: each word piece is matched with the nearest of the other text."""
    cosines = text.vectors @ reference.vectors.T
    precision, recall = float(text.weights @ cosines.max(axis=1)), float(reference.weights @ cosines.max(axis=0))
    wordless = not text.weights.any() or not reference.weights.any()
    return 0.0 if wordless or not precision + recall else 2 * precision * recall / (precision + recall)


def _baseline(model: str) -> str:
    """The file of scores of random sentence pairs that bert-score ships for a model. Raises `ConfigError` when it has none."""
    import bert_score

    path = Path(bert_score.__file__).parent / "rescale_baseline" / "en" / f"{model}.tsv"
    if not path.is_file():
        raise ConfigError(f"rescale: expected a model with a published English baseline (roberta-large has one), got {model!r}")
    return str(path)
