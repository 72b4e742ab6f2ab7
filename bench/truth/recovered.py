"""Labels of a model that nobody told us about: what its encoder hears and what its decoder shows, and whether the two agree."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, ClassVar

import numpy as np
from pydantic import Field

from bench.artifacts import Factor, Status, Truth, Unit
from bench.component import component
from bench.errors import ConfigError
from bench.interfaces import Dataset, GenerativeModel
from bench.truth.activity import ActivityRules, verdict
from bench.truth.bounds import Bounded, sweep_ends, with_intervals
from bench.truth.codes import CodeRules
from bench.truth.effects import Effects, Sign, contexts, distance
from bench.truth.encoded import Encoder, codes_of_grid
from bench.truth.hearing import Hearing, hear
from bench.truth.matching import Matching
from bench.truth.seeing import Moving, Seeing, Seen, see
from bench.truth.status import Share, StatusRules

Count = Annotated[int, Field(gt=1)]


@component
class RecoveredTruth:
    """Sweeps each unit over the middle of its codes at `references` codes and reads the factors off the pictures with `reader`.

    The ends of a sweep are the `quantiles` of the aggregate posterior, from `sample` pictures (`None`: the whole grid), or of the
    prior for a model without encoder. A factor counts if its R² on softened renders is at least `reliable`. The share of a factor
    is its share of the variance along the sweep, in units of the range that the model covers, less the mean over latents that the
    encoder does not use, weighted by the R² of the factor on the model's own pictures of known ones (`shown/<factor>` in the
    evidence): of a blob whose shape nobody can tell, the nearest shape means little. It has a direction in a reference if its rank
    correlation with the steps is at least `correlation`; a factor without words for a rise, such as a hue, has no sign. A model
    that says how far its latents go (`Bounded`) is swept as far, and its shares have 95 % intervals over references in the
    evidence (`low/<factor>`, `high/<factor>`).

    `references`, `context`, `agreement`, `synergy`, `idle` and `contrast` are those of `DeclaredTruth`. By the encoder a latent is
    `inactive` if all rules of `activity` agree and `ambiguous` where they differ, `clean` only if the code of its top factor is
    clean too, else `mixed` with `mismatch` 1 in the evidence, and `conditional` if factors interact in its code.
    """

    version: ClassVar[int] = 4
    seed: int
    sample: Annotated[int, Field(gt=0)] | None
    quantiles: tuple[Share, Share]
    references: Count
    steps: Count
    grid: Count
    context: Count
    reliable: Share
    correlation: Share
    agreement: Share
    synergy: Share
    idle: Share
    contrast: Share
    reader: Matching
    activity: ActivityRules
    encoder: CodeRules
    rules: StatusRules

    def __call__(self, model: GenerativeModel, dataset: Dataset) -> Sequence[Truth]:
        if not dataset.factors:
            raise ConfigError("RecoveredTruth needs a dataset whose factors are known; set model.truth to null")
        encoded = codes_of_grid(model, dataset, self.sample, self.seed) if isinstance(model, Encoder) else None
        heard = hear(encoded, self.encoder, self.activity, self.seed) if encoded else None
        anchors = np.random.default_rng([self.seed, 0]).choice(2**31, self.references, replace=False)
        ends = sweep_ends(model, encoded, self.quantiles, self.seed)
        read = self.reader.on(dataset)
        moving = Moving(model, read, anchors, model.codes(anchors), ends, self.steps, self.grid)
        passive = heard.passive if heard else np.zeros(model.latents, bool)
        seeing = see(moving, dataset, passive, self.activity, self.reliable, self.correlation, self.seed)
        labels = [self._label(dataset, unit, seen, seeing, heard) for unit, seen in zip(model.units, seeing.units, strict=True)]
        if isinstance(model, Bounded):
            pairs = zip(labels, seeing.units, strict=True)
            labels = [with_intervals(truth, seen, dataset.factors, self.seed) for truth, seen in pairs]
        return tuple(labels)

    def _label(self, dataset: Dataset, unit: Unit, seen: Seen, seeing: Seeing, heard: Hearing | None) -> Truth:
        factors, directed = dataset.factors, dataset.vocabulary.directed
        names = tuple(factor.name for factor in factors)
        shares = dict(zip(names, seen.effects.shares.tolist(), strict=True))
        evidence = {f"share/{name}": share for name, share in shares.items()}
        evidence |= {f"leaning/{name}": float(x) for name, x in zip(names, seen.effects.leanings, strict=True)}
        evidence |= {f"reliability/{name}": float(x) for name, x in zip(names, seeing.reliability, strict=True)}
        evidence |= {f"shown/{name}": float(x) for name, x in zip(names, seeing.shown, strict=True)}
        evidence |= {"acts": float(seen.effects.acts.mean()), "interaction": seen.effects.interaction}
        evidence |= {"picture": seen.change, "visible": seen.visible}
        evidence |= self._contrasts(factors, seen)
        alone = heard is not None and len(unit.latents) == 1 and unit.condition is None
        evidence |= heard.evidence(unit.latents[0], names) if heard and alone else {}
        status = self._status(shares, evidence)
        if heard and alone:
            status, evidence["mismatch"] = self._reconciled(status, shares, unit.latents[0], evidence["visible"], heard)
        signs = {name: self._sign(seen.effects, k) if name in directed else None for k, name in enumerate(names)}
        named = status != "inactive" and evidence["acts"] > 0
        return Truth(unit.name, status, self.rules.effects(shares, signs) if named else (), "recovered", evidence)

    def _status(self, shares: Mapping[str, float], evidence: Mapping[str, float]) -> Status:
        if evidence["acts"] == 0:
            # Something may change that no factor accounts for.
            return "ambiguous" if evidence["visible"] > self.activity.seen else "inactive"
        if evidence["interaction"] >= self.synergy:
            return "group"
        contrast = max((x for name, x in evidence.items() if name.startswith("context/") or name == "contrast"), default=0.0)
        if 1 - evidence["acts"] >= self.idle or contrast >= self.contrast:
            return "conditional"
        return self.rules.status(shares)

    def _reconciled(
        self, status: Status, shares: Mapping[str, float], latent: int, visible: float, heard: Hearing
    ) -> tuple[Status, float]:
        active = verdict(
            {name: bool(says[latent]) for name, says in heard.says.items()} | {"picture": visible > self.activity.seen}
        )
        if active != "active":
            return active, float(active == "ambiguous")
        if heard.associations.interaction[latent] > self.encoder.conditional:
            return "conditional", 0.0
        if status == "clean" and not self.encoder.agrees(heard.associations, latent, shares, self.rules):
            return "mixed", 1.0
        return status, 0.0

    def _contrasts(self, factors: tuple[Factor, ...], seen: Seen) -> dict[str, float]:
        # A factor of which a full answer says nothing is a context, even if some pictures of it were misread.
        still = replace(seen.effects, variances=np.where(seen.effects.shares > self.rules.named, seen.effects.variances, 0.0))
        categorical = {f.name: k for k, f in enumerate(factors) if f.kind == "categorical"}
        found = contexts(still, seen.references.classes.astype(np.float64), categorical, self.context)
        everywhere = np.ones(len(still.variances), bool)
        here = seen.effects.profile(everywhere)
        others = [distance(here, other.profile(everywhere)) for other in seen.others]
        return {f"context/{name}": x for name, x in found.items()} | ({"contrast": max(others)} if others else {})

    def _sign(self, effects: Effects, column: int) -> Sign | None:
        if effects.agreeing(1)[column] >= self.agreement:
            return 1
        return -1 if effects.agreeing(-1)[column] >= self.agreement else None
