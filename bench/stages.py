"""What each kind of stage reads, computes and writes. Objects that are costly to make are held while the run lasts."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from bench import codecs, pipeline
from bench.artifacts import Case, Explanation, Truth, UnitTraversals
from bench.attention.attending import Attending
from bench.build import build
from bench.canonical import canonical
from bench.clients.remembered import Remembered
from bench.errors import DataError
from bench.interfaces import Dataset, GenerativeModel, Interventional, Visual
from bench.plan import Stage
from bench.store import Store

HELD_BYTES = 512 * 2**20  # of traversals in memory; those held longest go first


@dataclass
class Stages:
    """Computes stages. `loose` holds outputs that are not in the store, by key."""

    store: Store
    loose: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, Any] = field(default_factory=dict)
    models: dict[str, GenerativeModel] = field(default_factory=dict)
    traversals: dict[str, tuple[UnitTraversals, ...]] = field(default_factory=dict)

    async def compute(self, stage: Stage) -> Any:
        """The output of a stage whose inputs are finished."""
        match stage.kind:
            case "fit":
                scratch = self.store.scratch("fit", stage.key)
                return pipeline.fit(self.part(stage, "generator"), self.dataset(stage), stage.parts["seed"] or 0, scratch)
            case "traverse":
                return self.traversed(stage)
            case "label":
                model = self._model(stage.inputs["fit"])
                return pipeline.label(self.part(stage, "truth"), model, self.dataset(stage))
            case "explain":
                return await self._explain(stage)
            case "score":
                return await self.score(stage, self.cases(stage))

    def read(self, stage: Stage) -> Any:
        """The output of a finished stage. A folder that was damaged after it was published raises `DataError`."""
        if stage.key in self.loose:
            return self.loose[stage.key]
        folder = self.store.folder(stage.kind, stage.key)
        try:
            return _read(folder, stage)
        except (OSError, ValueError, KeyError) as error:
            raise DataError(f"cannot read the stage output at {folder}: {error}; delete that folder and run again") from error

    def write(self, folder: Path, stage: Stage, output: Any) -> None:
        """Write the output into a draft folder."""
        match stage.kind:
            case "fit":
                codecs.save_weights(folder, output)
                (folder / "dataset.json").write_text(canonical({"fingerprint": self.dataset(stage).fingerprint}) + "\n")
            case "traverse":
                codecs.save_traversals(folder, output)
            case "label":
                codecs.save_records(folder, "truths", output)
            case "explain":
                codecs.save_explanations(folder, output)
            case "score":
                codecs.save_scores(folder, output)

    async def score(self, stage: Stage, judged: Sequence[Case]) -> tuple[float | None, ...]:
        """The values that the metric of a stage gives these cases; the model is loaded only for a metric that looks into it."""
        metric = self.part(stage, "metric")
        world = (self._model(_fit(stage)), self.dataset(stage)) if isinstance(metric, Interventional) else None
        return await pipeline.score(metric, judged, world)

    def cases(self, stage: Stage) -> tuple[Case, ...]:
        """Everything that a score stage judges, one case per unit."""
        units, said = self.units(stage.inputs["traverse"]), self.read(stage.inputs["explain"])
        words, written = self.dataset(stage).vocabulary, stage.parts.get("references", {})
        return pipeline.cases(units, self._truths(stage), said, words, written)

    def units(self, stage: Stage) -> tuple[UnitTraversals, ...]:
        """The traversals of a finished stage, held for a while, since many explainers and metrics read the same ones."""
        if stage.key not in self.traversals:
            self.traversals[stage.key] = self.read(stage)
            while len(self.traversals) > 1 and sum(map(_bytes, self.traversals.values())) > HELD_BYTES:
                del self.traversals[next(iter(self.traversals))]
        return self.traversals[stage.key]

    def attended(self, stage: Stage, units: Sequence[UnitTraversals]) -> Sequence[UnitTraversals]:
        """The units of an explain stage, with where they look in their frames if its explainer is shown that."""
        explainer = self.part(stage, "explainer")
        if not (isinstance(explainer, Attending) and explainer.attends):
            return units
        model, dataset, seed = self._model(_fit(stage)), self.dataset(stage), stage.parts["seed"]
        return tuple(replace(unit, shown=tuple(explainer.attended(unit.shown, model, dataset, seed))) for unit in units)

    def traversed(self, stage: Stage) -> tuple[UnitTraversals, ...]:
        """The traversals of a stage, made now."""
        return pipeline.traverse(self.part(stage, "moves"), self._model(stage.inputs["fit"]), stage.parts["seed"])

    def dataset(self, stage: Stage) -> Dataset:
        """The dataset behind a stage."""
        dataset: Dataset = self.part(_fit(stage), "dataset")
        return dataset

    def fingerprint(self, fit: Stage) -> str:
        """The fingerprint that the dataset had when the model was fitted."""
        path = self.store.folder("fit", fit.key) / "dataset.json"
        return str(json.loads(path.read_text(encoding="utf-8"))["fingerprint"])

    def part(self, stage: Stage, name: str) -> Any:
        """The object of one component of the stage; equal configs share one object, and with it one client or one encoder."""
        return build(stage.parts[name], name, self.parts)

    def usage(self) -> dict[str, Any]:
        """Chat calls, tokens and cost so far, by model."""
        clients = {id(part): part for part in self.parts.values() if isinstance(part, Remembered)}
        return {str(client.identity["model"]): asdict(client.usage()) for client in clients.values()}

    async def _explain(self, stage: Stage) -> tuple[Explanation, ...]:
        explainer = self.part(stage, "explainer")
        if isinstance(explainer, Visual):
            return pipeline.look(explainer, self._model(_fit(stage)), self.dataset(stage), self._truths(stage), stage.parts["seed"])
        return await pipeline.explain(
            explainer,
            self.attended(stage, self.units(stage.inputs["traverse"])),
            self._truths(stage),
            self.part(stage, "words"),
            self.dataset(stage).vocabulary,
            stage.parts["seed"],
        )

    def _truths(self, stage: Stage) -> Sequence[Truth]:
        return self.read(stage.inputs["label"]) if "label" in stage.inputs else ()

    def _model(self, fit: Stage) -> GenerativeModel:
        if fit.key not in self.models:
            self.models.clear()
            generator = self.part(fit, "generator")
            weights = self.read(fit) if self.store.has("fit", fit.key) or generator.trained else {}
            self.models[fit.key] = generator.load(self.dataset(fit), weights)
        return self.models[fit.key]


def _read(folder: Path, stage: Stage) -> Any:
    match stage.kind:
        case "fit":
            return codecs.load_weights(folder)
        case "traverse":
            return codecs.load_traversals(folder)
        case "label":
            return codecs.load_records(folder, "truths", Truth)
        case "explain":
            return codecs.load_explanations(folder)
        case "score":
            return codecs.load_scores(folder)


def _fit(stage: Stage) -> Stage:
    return stage if stage.kind == "fit" else _fit(next(iter(stage.inputs.values())))


def _bytes(units: Sequence[UnitTraversals]) -> int:
    return sum(traversal.images.nbytes for unit in units for traversal in (*unit.shown, *unit.held_out))
