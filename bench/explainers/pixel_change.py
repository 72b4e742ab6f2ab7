"""Measures what changes in the pictures and says it: no weights, no key, no network."""

from collections.abc import Sequence
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.artifacts import Explanation, Traversal
from bench.component import component
from bench.explainers.changes import Significance
from bench.explainers.measurements import measure
from bench.explainers.phrases import Names, sentence, sentence_under
from bench.explainers.prompt_bias import PromptBias
from bench.explainers.readings import Reading, conditional, overall, reading
from bench.explainers.segmentation import Segmentation

Share = Annotated[float, Field(ge=0, le=1)]


@component
class PixelChange:
    """Segments the object, measures it in every frame, and names the changes that stand out. It sees the pictures and nothing else.

    A change counts when at least the share `agreement` of the reference codes shows it, and when its effect is at least `share` of
    the largest one. Abstains when no change counts. Certainty is the share of the reference codes that alone give the same answer.
    """

    version: ClassVar[int] = 1
    segmentation: Segmentation
    significance: Significance
    subject: str
    upper: str
    lower: str
    agreement: Share
    share: Share

    def __call__(self, traversals: Sequence[Traversal], bias: PromptBias, seed: int) -> Explanation:  # noqa: ARG002
        """One answer for each traversal, and the one that they give together. Nothing is drawn, so the seed has no say."""
        readings = self._readings(traversals, bias)
        whole = overall(readings, self.agreement, self.share)
        single = [overall([one], self.agreement, self.share) for one in readings]
        return Explanation(
            unit=traversals[0].unit.name,
            text=self._text(whole, traversals[0]),
            answers=tuple(self._text(one, t) or "Nothing changes." for one, t in zip(single, traversals, strict=True)),
            certainty=sum(_claims(one) == _claims(whole) for one in single) / len(single),
        )

    def _readings(self, traversals: Sequence[Traversal], bias: PromptBias) -> list[Reading]:
        changes = iter(self.significance(measure(np.concatenate([t.images for t in traversals]), self.segmentation)))
        rows = [[next(changes) for _ in t.rows] for t in traversals]
        return [reading(t, of_t, bias.name, self.agreement) for t, of_t in zip(traversals, rows, strict=True)]

    def _text(self, found: Reading, traversal: Traversal) -> str | None:
        names, held = Names(self.subject, self.upper, self.lower), traversal.rows[0].held
        only, always = conditional(found) if held and len(traversal.rows) > 1 else ({}, found.here)
        said = [sentence_under(held.words, only, names)] if held and only else []
        said += [sentence(always, names)] if always else []
        return " ".join(said) or None


def _claims(found: Reading) -> frozenset[tuple[str, int, bool]]:
    only, _ = conditional(found)
    return frozenset((name, change.sign, name in only) for name, change in found.here.items())
