"""BERTScore F1 between an explanation and the best of its references (Zhang et al. 2020, arXiv 1904.09675)."""

import warnings
import zlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, ClassVar, Literal

from bench.artifacts import Case
from bench.component import component
from bench.encoders.pretrained import model_folder, quiet
from bench.errors import ConfigError, DataError
from bench.hardware import torch_threads
from bench.truth.wording import sentences


@component
class BertScore:
    """Greedy matching of contextual word pieces by cosine; the mean best match gives P and R, and F1 is their harmonic mean.

    `model` and `revision` are those of `model_folder`; `layers` is the layer whose states are compared; `rescale` subtracts the
    published English baseline of the model, so that unrelated sentences score near 0. `None` without truth, without references
    (an inactive unit) and without an answer; a blank answer scores 0. Texts beyond 512 word pieces are cut.

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
    model: str
    revision: str | None
    layers: int
    rescale: bool
    threads: int
    device: str
    batch_size: int

    def __call__(self, cases: Sequence[Case]) -> list[float | None]:
        """One value per case. A text with the same references is scored once in the life of this object."""
        return [None if told is None else self._best(*told) for told in map(_told, cases)]

    def _best(self, text: str, references: tuple[str, ...]) -> float:
        """The best F1 of a text. It is scored with its references alone, so that the value never depends on other cases."""
        if not text.strip():  # the package fails on blank texts
            return 0.0
        if (text, references) not in self._known:
            self._known[text, references] = max(self._f1(text, references))
        return self._known[text, references]

    def _f1(self, text: str, references: Sequence[str]) -> list[float]:
        scorer = self._scorer
        with torch_threads(self.threads), warnings.catch_warnings():
            # The package makes a tensor of the read-only rows of pandas, and copies it at once.
            warnings.filterwarnings("ignore", message="The given NumPy array is not writable")
            _, _, f1 = scorer.score([_Text(text)] * len(references), [*map(_Text, references)], batch_size=self.batch_size)
        values: list[float] = f1.double().clamp(*self.bounds).tolist()
        return values

    @cached_property
    def _known(self) -> dict[tuple[str, tuple[str, ...]], float]:
        return {}

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


class _Text(str):
    """A text with one hash in every process: bert-score batches texts in the order of a set, and batches move the last digits."""

    __slots__ = ()

    def __hash__(self) -> int:
        return zlib.crc32(self.encode())


def _told(case: Case) -> tuple[str, tuple[str, ...]] | None:
    """The answer and its references; `None` where the score is undefined."""
    text, truth = case.explanation.text, case.truth
    if truth is None or text is None or case.explanation.outcome != "answered":
        return None
    references = sentences(truth, case.vocabulary)
    return (text, references) if references else None


def _baseline(model: str) -> str:
    """The file of scores of random sentence pairs that bert-score ships for a model. Raises `ConfigError` when it has none."""
    import bert_score

    path = Path(bert_score.__file__).parent / "rescale_baseline" / "en" / f"{model}.tsv"
    if not path.is_file():
        raise ConfigError(f"rescale: expected a model with a published English baseline (roberta-large has one), got {model!r}")
    return str(path)
