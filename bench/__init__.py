"""latentbench: how good are explanations of the latent variables of generative models?"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas

    from bench.artifacts import ScoreRow

if not (Path(__file__).parent / "conf").is_dir():  # a source checkout: conf/ lies beside bench/
    __path__.append(str(Path(__file__).resolve().parents[1]))

__version__ = "0.1.0"


def load(*overrides: str) -> Any:
    """One component by group, name and overrides: `bench.load("dataset=dsprites")`, `bench.load("model=exact_identity")`.

    The group of the first override says which component. For a model that is its generator.
    """
    from bench.build import build
    from bench.cells import cells
    from bench.compose import composer

    group = overrides[0].partition("=")[0]
    with composer(overrides) as (fixed, axes):
        [cell] = cells(fixed, axes)
    node = cell.config[group]
    return build(node["generator"] if group == "model" else node, group)


def run(*overrides: str) -> "pandas.DataFrame":
    """Run cells and return their rows: `bench.run("explainer=pixel_change", "bias=none,disentanglement")`.

    One line per cell × unit × metric; the axes of the cell are columns. Nothing is written but the store.
    """
    import pandas

    from bench.compose import composer
    from bench.session import benchmark

    with composer(overrides) as (fixed, axes):
        finished = benchmark(fixed, axes)
    return pandas.DataFrame([dict(row.cell) | _columns(row) for row in finished.rows])


def _columns(row: "ScoreRow") -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("unit", "status", "outcome", "metric", "value")}
