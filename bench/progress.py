"""Shows long work: one bar over the stages that are missing, silent where nobody watches."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench.plan import Kind, Plan, Stage
from bench.store import Store


@contextmanager
def progress(plan: Plan, store: Store, until: Kind) -> Iterator[Callable[[Stage], None]]:
    """Yields what to call when a stage is done. The bar is on standard error, and only on a terminal."""
    missing = {stage.key for stage in plan.missing(store, until)}
    if not missing or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:<9}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("stages", total=len(missing))

        def done(stage: Stage) -> None:
            if stage.key in missing:
                bar.update(task, advance=1, description=stage.kind)

        yield done
