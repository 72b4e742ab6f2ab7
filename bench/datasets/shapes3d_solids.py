"""The four solids of Shapes3D at scale 1, each standing on the plane z = 0: where a ray enters them, and which way they face.

Lengths are in sides of the cube. The numbers were fitted to pictures of the official set.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from jaxtyping import Float64
from numpy import ndarray

CYLINDER = (0.520, 1.127)  # radius, height
SPHERE = 0.615  # radius
CAPSULE = (0.455, 1.875)  # radius, height in all

Eyes = Float64[ndarray, "#rays 3"]
Vectors = Float64[ndarray, "rays 3"]
Lengths = Float64[ndarray, " rays"]


class Solid(NamedTuple):
    """How many rays, laid end to end, reach the solid from outside (infinity: never), and which way it faces at a point."""

    reach: Callable[[Eyes, Vectors], Lengths]
    normal: Callable[[Vectors], Vectors]


def _reach_cube(eye: Eyes, rays: Vectors) -> Lengths:
    return _entry(*(_slab(eye[:, i], rays[:, i], *sides) for i, sides in enumerate([(-0.5, 0.5), (-0.5, 0.5), (0.0, 1.0)])))


def _reach_cylinder(eye: Eyes, rays: Vectors) -> Lengths:
    radius, height = CYLINDER
    return _entry(_quadric(eye[:, :2], rays[:, :2], radius), _slab(eye[:, 2], rays[:, 2], 0.0, height))


def _reach_sphere(eye: Eyes, rays: Vectors) -> Lengths:
    return _entry(_quadric(eye - _up(SPHERE), rays, SPHERE))


def _reach_capsule(eye: Eyes, rays: Vectors) -> Lengths:
    radius, height = CAPSULE
    side = _entry(_quadric(eye[:, :2], rays[:, :2], radius), _slab(eye[:, 2], rays[:, 2], radius, height - radius))
    ends = [_entry(_quadric(eye - _up(z), rays, radius)) for z in (radius, height - radius)]
    return np.asarray(np.minimum(side, np.minimum(*ends)))


def _cube_normal(point: Vectors) -> Vectors:
    offset = point - _up(0.5)
    largest = np.abs(offset) >= np.abs(offset).max(1, keepdims=True)
    return np.asarray(np.sign(offset) * largest)


def _cylinder_normal(point: Vectors) -> Vectors:
    lid = point[:, 2:] > CYLINDER[1] - 1e-6
    return np.where(lid, _up(1.0), _unit(point * (1, 1, 0)))


def _sphere_normal(point: Vectors) -> Vectors:
    return _unit(point - _up(SPHERE))


def _capsule_normal(point: Vectors) -> Vectors:
    radius, height = CAPSULE
    return _unit(point - np.clip(point[:, 2:], radius, height - radius) * (0, 0, 1))


SOLIDS = (  # in the order of the classes
    Solid(_reach_cube, _cube_normal),
    Solid(_reach_cylinder, _cylinder_normal),
    Solid(_reach_sphere, _sphere_normal),
    Solid(_reach_capsule, _capsule_normal),
)

Interval = tuple[Lengths, Lengths]


def _slab(eye: ndarray, ray: ndarray, low: float, high: float) -> Interval:
    """Between two parallel planes."""
    with np.errstate(divide="ignore", invalid="ignore"):
        one, other = (low - eye) / ray, (high - eye) / ray
    return np.minimum(one, other), np.maximum(one, other)


def _quadric(eye: ndarray, ray: ndarray, radius: float) -> Interval:
    """Within a sphere, or within a cylinder when vectors have two components. An empty interval ends before it begins."""
    a, b, c = (ray * ray).sum(1), (eye * ray).sum(1), (eye * eye).sum(1) - radius**2
    root = b * b - a * c
    crosses, along = (root > 0) & (a > 0), (a == 0) & (c < 0)  # a ray along the axis of a cylinder is within it all the way
    half, per = np.sqrt(np.maximum(root, 0)), np.where(a > 0, a, 1)
    first = np.where(crosses, (-b - half) / per, np.where(along, -np.inf, np.inf))
    return first, np.where(crosses, (-b + half) / per, np.where(along, np.inf, -np.inf))


def _entry(*intervals: Interval) -> Lengths:
    """Where a ray enters what several intervals share."""
    start = np.maximum.reduce([first for first, _ in intervals])
    end = np.minimum.reduce([last for _, last in intervals])
    return np.where((start < end) & (start > 0), start, np.inf)


def _up(z: float) -> ndarray:
    return np.array([[0, 0, z]])


def _unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12))
