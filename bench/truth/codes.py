"""What the encoder says of each latent: the shares of the factors in its code, and whether one factor depends on another."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar

import numpy as np
from jaxtyping import Bool, Float, Float64, Int
from numpy import ndarray
from pydantic import Field

from bench.artifacts import Status
from bench.component import component
from bench.truth.association import adjusted, entropies, information
from bench.truth.interaction import interactions
from bench.truth.status import Share, StatusRules

Count = Annotated[int, Field(gt=0)]


@dataclass(frozen=True)
class Associations:
    """Latents in rows, factors in columns: ε², its shares, information over entropy, and which information beats the null.

    `interaction` is the part of a latent's variance that pairs of factors explain beyond their singles.
    """

    explained: Float64[ndarray, "latents factors"]
    information: Float64[ndarray, "latents factors"]
    informative: Bool[ndarray, "latents factors"]
    interaction: Float64[ndarray, " latents"]

    @property
    def shares(self) -> Float64[ndarray, "latents factors"]:
        """Each factor's part of what single factors explain; zeros where they explain nothing."""
        total = self.explained.sum(1, keepdims=True)
        return np.asarray(np.divide(self.explained, total, out=np.zeros_like(self.explained), where=total > 0))


@component
class CodeRules:
    """From codes to associations and statuses.

    Information is counted in `bins` of equal width; its null is the 99th percentile over `permutations`. What does not beat the
    null explains nothing. A latent is clean only if its top factor explains at least `clean_explained` of its variance, and
    conditional if interactions make more than `conditional`. A latent of which factors explain less than `explained`, alone and in
    pairs, is about something else: ambiguous.
    """

    version: ClassVar[int] = 1
    bins: Count
    permutations: Count
    clean_explained: Share
    conditional: Share
    explained: Share

    def associations(
        self, codes: Float[ndarray, "n latents"], classes: Int[ndarray, "n factors"], sizes: tuple[int, ...], seed: int
    ) -> Associations:
        """Everything that the codes say about the factors. Raises `DataError` for codes that are not finite."""
        found = information(codes, classes, sizes, self.bins, self.permutations, seed)
        heard = found.raw > found.null
        alone = adjusted(codes, classes, sizes)
        variance = np.where(heard, np.maximum(alone, 0.0), 0.0)
        entropy = entropies(classes, sizes)
        part = np.divide(found.corrected, entropy, out=np.zeros_like(found.corrected), where=entropy > 0)
        return Associations(variance, part, heard, interactions(codes, classes, sizes, alone).sum(1))

    def status(self, associations: Associations, latent: int, active: bool, names: tuple[str, ...], rules: StatusRules) -> Status:
        """What the codes alone say of a latent."""
        shares, interaction = associations.shares[latent], associations.interaction[latent]
        if not active:
            return "inactive"
        if interaction > self.conditional:
            return "conditional"
        if associations.explained[latent].sum() + interaction < self.explained or not shares.any():
            return "ambiguous"
        status = rules.status(dict(zip(names, shares.tolist(), strict=True)))
        weak = status == "clean" and associations.explained[latent].max() < self.clean_explained
        return "mixed" if weak else status

    def agrees(self, associations: Associations, latent: int, shares: Mapping[str, float], rules: StatusRules) -> bool:
        """Whether the encoder, too, holds the latent for a clean code of the factor with the largest of `shares`."""
        names = tuple(shares)
        own = associations.shares[latent]
        same = names[int(own.argmax())] == max(names, key=lambda name: shares[name])
        return same and self.status(associations, latent, True, names, rules) == "clean"
