"""How disentangled the codes of models are, without labels: `latentbench disentanglement`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np

from bench import provenance
from bench.artifacts import ScoreRow
from bench.attention.opened import Openable
from bench.command_line import parser_of, say
from bench.compose import composer
from bench.disentanglement.dci import BACKENDS, Backend
from bench.disentanglement.panel import panel
from bench.disentanglement.through import through
from bench.errors import ConfigError
from bench.plan import CellPlan, Plan
from bench.reports.formats import table_text
from bench.reports.rows import write_rows
from bench.runner import complete
from bench.session import prepare
from bench.stages import Stages
from bench.truth.encoded import Encoder, codes_of_grid

SEED = 0  # of the pictures; the same for all models
LOOKED_AT = 2048  # pictures that are rebuilt and looked at
MOST = 1_000_000.0  # nats a picture
SCORE = (True, (0.0, 1.0))

Values = Iterator[tuple[str, float | None, tuple[bool | None, tuple[float, float]]]]


@dataclass(frozen=True)
class Settings:
    """What the scores of several models have to share; `sample` counts pictures, `layer` convolutions."""

    backend: Backend
    sample: int
    layer: int


def disentanglement(arguments: Sequence[str]) -> int:
    """Score models and write their rows; the exit code is 0."""
    parser = parser_of("disentanglement", "How disentangled the codes of models are: a row for each model and score.")
    parser.add_argument("overrides", nargs="+", help="as for a run: +experiment=NAME, model=NAME,NAME seed=0,1 group.key=value")
    parser.add_argument("--to", type=Path, help="the folder for rows.jsonl; one below outputs/ unless given")
    parser.add_argument("--dci", default=BACKENDS[0], choices=BACKENDS, help="where DCI has importances from")
    parser.add_argument("--sample", type=int, default=20_000, help="pictures that are encoded")
    parser.add_argument("--layer", type=int, default=3, help="convolution after which attention is looked at")
    given = parser.parse_args(arguments)
    rows, outputs = scored(given.overrides, Settings(given.dci, given.sample, given.layer))
    folder = given.to or outputs / f"{datetime.now():%Y-%m-%d/%H-%M-%S-%f}"
    folder.mkdir(parents=True, exist_ok=True)
    write_rows(folder / "rows.jsonl", rows)
    text = table_text(rows, ("dataset", "model"), (), (), "json" if given.json else "terminal")
    say(text if given.json else f"{text}\n{folder / 'rows.jsonl'}")
    return 0


def scored(overrides: Sequence[str], settings: Settings) -> tuple[list[ScoreRow], Path]:
    """The rows of every model of these overrides, which are trained where the store lacks them, and the folder for outputs.

    Raises `ConfigError` for a model that has no encoder.
    """
    with composer([*overrides, "until=fit"]) as (fixed, axes):
        stages, planned, described = prepare(fixed, axes)
        models = {cell.fit.key: cell for cell in planned.cells}.values()
        rows = [row for cell in models for row in _rows(cell, stages, settings)]
    return rows, Path(described[0].config["runtime"]["folders"]["outputs"])


def _rows(cell: CellPlan, stages: Stages, settings: Settings) -> Iterator[ScoreRow]:
    complete(Plan((cell,), (cell.fit,)), stages, "fit")
    origin = dict(provenance.versions()) | {"commit": provenance.commit(), "dataset": stages.fingerprint(cell.fit)}
    for name, value, (higher, bounds) in _values(cell, stages, settings):
        yield ScoreRow(
            cell=cell.cell.labels,
            unit=None,
            status=None,
            outcome=None,
            metric=name,
            value=value,
            higher_is_better=higher,
            bounds=bounds,
            keys={"fit": cell.fit.key},
            provenance=origin,
        )


def _values(cell: CellPlan, stages: Stages, settings: Settings) -> Values:
    dataset = stages.dataset(cell.fit)
    model = stages.part(cell.fit, "generator").load(dataset, stages.read(cell.fit))
    if not isinstance(model, Encoder) or not dataset.factors:
        raise ConfigError(
            f"model={cell.cell.labels['model']}: expected a model with an encoder and a dataset with known factors; choose others"
        )
    for score in panel(codes_of_grid(model, dataset, settings.sample, SEED), settings.backend, SEED):
        yield score.name, score.value, SCORE
    if isinstance(model, Openable):
        index = np.random.default_rng([SEED, LOOKED_AT]).choice(len(dataset), min(LOOKED_AT, len(dataset)), replace=False)
        seen = through(model.opened(settings.layer, True, None), dataset, index, SEED)
        yield "reconstruction", seen.reconstruction, (False, (0.0, MOST))
        yield "attention_overlap", seen.attention_overlap, (False, (0.0, 1.0))
