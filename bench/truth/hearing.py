"""The encoder's side of a model: which latents it uses, and what it tells them of the factors."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float64
from numpy import ndarray

from bench.truth.activity import ActivityRules
from bench.truth.codes import Associations, CodeRules
from bench.truth.encoded import Encoded


@dataclass(frozen=True)
class Hearing:
    """Associations of all latents; `numbers` and `says` have one entry for each rule of activity that looks at the encoder."""

    associations: Associations
    numbers: dict[str, Float64[ndarray, " latents"]]
    says: dict[str, Bool[ndarray, " latents"]]

    @property
    def passive(self) -> Bool[ndarray, " latents"]:
        """Latents that no rule calls active."""
        return np.asarray(~np.stack(list(self.says.values())).any(0))

    def evidence(self, latent: int, names: tuple[str, ...]) -> dict[str, float]:
        """The numbers of one latent."""
        found = {f"activity/{name}": float(values[latent]) for name, values in self.numbers.items()}
        for k, name in enumerate(names):
            found[f"explained/{name}"] = float(self.associations.explained[latent, k])
            found[f"information/{name}"] = float(self.associations.information[latent, k])
        return found | {"encoder_interaction": float(self.associations.interaction[latent])}


def hear(encoded: Encoded, codes: CodeRules, activity: ActivityRules, seed: int) -> Hearing:
    """Listen to all latents at once."""
    numbers, says = activity.encoder(encoded.means, encoded.log_variances)
    return Hearing(codes.associations(encoded.means, encoded.classes, encoded.sizes, seed), numbers, says)
