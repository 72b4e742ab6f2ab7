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


class NotAComponent:
    pass
