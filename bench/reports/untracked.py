"""The tracker of those who want none."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from bench.artifacts import ScoreRow, UnitRecord
from bench.component import component
from bench.reports.statistics import Summary


@component
class Untracked:
    """Sends nothing anywhere."""

    version: ClassVar[int] = 1

    def __call__(
        self,
        rows: Sequence[ScoreRow],
        records: Sequence[UnitRecord],
        summaries: Sequence[Summary],
        config: Mapping[str, Any],
        folder: Path,
        group: str,
    ) -> None:
        """Leave everything as it is."""
