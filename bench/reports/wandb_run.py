"""The results of a run as a Weights & Biases run: every mean with its interval, a table of strips and explanations, and its files.

A run of a leaderboard's task also carries its submission and its own table of that leaderboard.

W&B is a sink. The results folder holds all that is sent and can fill it again at any time; the id of the W&B run comes from the
rows, so that filling it twice does not double it. Offline, `wandb sync` reads the folder of the run and nothing else; W&B notes
full paths of files and pictures, so another machine must see the folder at the same path.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, ClassVar, Literal

from bench.artifacts import ScoreRow, UnitRecord
from bench.canonical import digest
from bench.component import component
from bench.errors import ClientError
from bench.reports.public import public
from bench.reports.statistics import Summary
from bench.reports.wandb_artifacts import artifacts
from bench.reports.wandb_files import kept_in
from bench.reports.wandb_tables import tables


@component
class WandbRun:
    """`mode` says whether the run is sent or written; `timeout` is how long to wait for W&B in seconds."""

    version: ClassVar[int] = 1

    mode: Literal["offline", "online"]
    project: str
    entity: str | None
    timeout: float

    def __call__(
        self,
        rows: Sequence[ScoreRow],
        records: Sequence[UnitRecord],
        summaries: Sequence[Summary],
        config: Mapping[str, Any],
        folder: Path,
        group: str,
    ) -> None:
        """Write or send one run. `ClientError` when W&B cannot be reached or knows no key; nothing else is lost then."""
        with kept_in(folder, online=self.mode == "online"), self._open(rows, config, folder, group) as run:
            from bench.leaderboards.wandb_table import boards

            run.summary.update({name: value for summary in summaries for name, value in _numbers(summary).items()})
            run.log(tables(rows, records) | boards(folder))
            for artifact in artifacts(folder, run.id):
                run.log_artifact(artifact)

    def _open(self, rows: Sequence[ScoreRow], config: Mapping[str, Any], folder: Path, group: str) -> Any:
        """A W&B run that finishes when its block ends, however it ends."""
        import wandb

        try:
            return wandb.init(
                mode=self.mode,
                project=self.project,
                entity=self.entity,
                id=digest([group, [asdict(row) for row in rows]]),
                group=group,
                job_type="report",
                name=f"{group} {folder.name}",
                config=public(config),
                dir=str(folder),
                settings=self._settings(),
            )
        except wandb.errors.UsageError as error:
            raise ClientError("rejected", f"W&B refused the run: {_first(error)}. {_WAYS_OUT}") from error
        except wandb.errors.Error as error:
            raise ClientError("unreachable", f"no answer from W&B in {self.timeout:g} s: {_first(error)}. {_WAYS_OUT}") from error

    def _settings(self) -> Any:
        """Send what this class logs and nothing of the machine, the code or the terminal; a table that is cut raises."""
        import wandb

        return wandb.Settings(
            init_timeout=self.timeout,
            login_timeout=self.timeout,
            reinit="create_new",
            console="off",
            silent=True,
            disable_git=True,
            disable_code=True,
            save_code=False,
            x_disable_stats=True,
            x_disable_meta=True,
            x_disable_machine_info=True,
            x_save_requirements=False,
            table_raise_on_max_row_limit_exceeded=True,
        )


_WAYS_OUT = "Set WANDB_API_KEY or run `wandb login`, or choose tracker=offline and `wandb sync` later."


def _first(error: Exception) -> str:
    """The first line of a message, without its full stop."""
    return str(error).partition("\n")[0].rstrip(".")


def _numbers(summary: Summary) -> dict[str, float | int]:
    """Mean, interval and counts of one group and metric; what is not defined is left out, and the counts say so."""
    name = "/".join([*map(str, summary.group.values()), summary.metric])
    values = {"mean": summary.mean, "low": summary.low, "high": summary.high, "n": summary.scored, "total": summary.total}
    return {f"{name}/{key}": value for key, value in values.items() if value is not None}
