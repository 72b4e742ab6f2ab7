"""Tiny components for tests of the machinery that builds, keys and runs them."""

from typing import ClassVar, Literal

from bench.component import component


@component
class Lamp:
    version: ClassVar[int] = 3
    colour: Literal["red", "green"]
    watts: float
    steps: tuple[int, ...]


@component
class Room:
    version: ClassVar[int] = 1
    lamp: Lamp
    name: str


@component
class Noting:
    """A tracker that notes the group of a run in its folder."""

    version: ClassVar[int] = 1

    def __call__(self, rows, records, summaries, config, folder, group) -> None:
        (folder / "group.txt").write_text(group)


class NotAComponent:
    pass
