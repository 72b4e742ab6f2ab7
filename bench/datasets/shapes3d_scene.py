"""The room of Shapes3D seen by rays: a floor, walls open to the sky, one object in the middle, and the light on them.

Lengths are in sides of the cube at scale 1; z points up, and at orientation 0 the camera looks along the y axis. **A higher
orientation takes the camera to the right around the object: the room turns clockwise as seen from above.** The numbers were
fitted to pictures of the official set; `datasets/shapes3d/card.md` says how close they come.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float64, Int8
from numpy import ndarray

from bench.datasets.shapes3d_solids import SOLIDS

SKY, FLOOR, WALL, OBJECT = range(4)

DISTANCE = 4.524  # of the camera from the axis of the object
HEIGHT = 1.350  # of the camera
PITCH = 0.0571  # radians by which it looks down
FOCUS = 2.746  # focal length in half widths of the picture
ROOM = 4.106  # half the distance of two opposite walls
WALLS = 2.285  # height of the walls

AMBIENT = 0.446
HEADLIGHT = 0.312  # of a lamp at the camera, without shadow
SIDELIGHT, SIDEWARD = 0.209, np.array([0.333, -0.943, 0.0])  # of a lamp far away in that direction, without shadow
LAMP, BEAM = 2.49, 21.6  # of the lamp that casts the shadow, and how narrow its beam is: the exponent of a cosine
LAMP_PLACE, LAMP_AIM = np.array([-0.991, 0.168, 6.639]), np.array([-1.303, 0.737, 0.0])
SHADOW = 0.62  # of the other light reaches what the object hides from that lamp

Vectors = Float64[ndarray, "rays 3"]
Lengths = Float64[ndarray, " rays"]


class Camera(NamedTuple):
    """An eye, and a direction of any length for each ray."""

    eye: Float64[ndarray, "1 3"]
    rays: Vectors


class Hits(NamedTuple):
    """What each ray meets: a region, the point there, which way its surface faces, and whether the object shades it."""

    region: Int8[ndarray, " rays"]
    point: Vectors
    normal: Vectors
    shaded: Bool[ndarray, " rays"]


def camera(degrees: float, side: int) -> Camera:
    """The camera at an orientation, with one ray through the middle of each of `side` × `side` squares, line by line."""
    turn = np.radians(degrees)
    outward, right = np.array([np.sin(turn), -np.cos(turn), 0.0]), np.array([np.cos(turn), np.sin(turn), 0.0])
    ahead = -np.cos(PITCH) * outward - np.array([0, 0, np.sin(PITCH)])
    across = (2 * np.arange(side) + 1) / side - 1
    x, y = np.meshgrid(across, -across)
    rays = FOCUS * ahead + x.reshape(-1, 1) * right + y.reshape(-1, 1) * np.cross(right, ahead)
    return Camera(DISTANCE * outward[None] + (0, 0, HEIGHT), rays)


def trace(view: Camera, shape: int, scale: float) -> Hits:
    """Follow rays into the room that holds an object of a class of shapes."""
    solid = SOLIDS[shape]
    background, region, facing = _room(view)
    thing = solid.reach(view.eye / scale, view.rays / scale)
    met = thing < background
    region[met] = OBJECT
    point = view.eye + np.where(met, thing, background)[:, None] * view.rays
    normal = np.where(met[:, None], solid.normal(point / scale), facing)
    dark = solid.reach(point / scale, (LAMP_PLACE - point) / scale) < 1
    return Hits(region, point, normal, dark & ((region == FLOOR) | (region == WALL)))


def light(hits: Hits, view: Camera) -> Lengths:
    """How bright each point is, from 0 to 1."""
    from_eye, from_lamp = _unit(view.eye - hits.point), _unit(LAMP_PLACE - hits.point)
    beam = np.maximum(from_lamp @ _unit(LAMP_PLACE - LAMP_AIM), 0) ** BEAM
    lit = AMBIENT + HEADLIGHT * _facing(hits.normal, from_eye) + SIDELIGHT * np.maximum(hits.normal @ SIDEWARD, 0)
    lit += LAMP * beam * _facing(hits.normal, from_lamp) * ~hits.shaded
    return np.asarray(np.minimum(np.where(hits.shaded, SHADOW * lit, lit), 1.0))


def _room(view: Camera) -> tuple[Lengths, Int8[ndarray, " rays"], Vectors]:
    """How many rays, laid end to end, reach the floor or a wall; which of them or the sky is there; which way it faces."""
    eye, rays = view
    with np.errstate(divide="ignore"):
        ground = np.where(rays[:, 2] < 0, -eye[0, 2] / rays[:, 2], np.inf)
        walls = (np.sign(rays[:, :2]) * ROOM - eye[:, :2]) / rays[:, :2]
    nearest, each = np.argmin(walls, axis=1), np.arange(len(rays))
    wall = walls[each, nearest]
    floor, below_top = ground < wall, eye[0, 2] + wall * rays[:, 2] < WALLS
    region = np.where(floor, FLOOR, np.where(below_top, WALL, SKY)).astype(np.int8)
    facing = np.zeros_like(rays)
    facing[each, nearest] = -np.sign(rays[each, nearest])
    facing[floor] = (0, 0, 1)
    return np.minimum(ground, wall), region, facing


def _unit(vectors: ndarray) -> ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _facing(normal: Vectors, toward: Vectors) -> Lengths:
    return np.asarray(np.maximum((normal * toward).sum(1), 0))
