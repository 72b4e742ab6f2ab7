"""How often a captioner says what is seen on strips that begin with a combination of factors that it never practised on."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from numpy.random import default_rng

from bench.clients.captioner import Captioner
from bench.clients.captioning.network import WEIGHTS
from bench.clients.captioning.scenes import Scenes
from bench.clients.captioning.strips import Strip, strips
from bench.clients.messages import Message, Unusable
from bench.explainers.sheet import sheet
from bench.metrics.statements import parse

ENLARGED, GAP = 128, 4  # as in `conf/layout/sheet.yaml`


@dataclass(frozen=True)
class Measured:
    """Means over strips. `exact`: all factors named and no other; `f1`: of the sets, 1 for rightly saying nothing.

    `signs`: of the directed factors that are rightly named, those whose direction is right. `by_factor`: recall of each factor.
    """

    strips: int
    exact: float
    f1: float
    signs: float
    silent: float
    by_factor: Mapping[str, float]

    def text(self, name: str) -> str:
        """One line for people."""
        single = ", ".join(f"{factor} {share:.2f}" for factor, share in self.by_factor.items())
        head = f"{name}: {self.strips} strips, set {self.exact:.3f}, set-F1 {self.f1:.3f}, directions {self.signs:.3f}"
        return f"{head}, says nothing where nothing is {self.silent:.3f}; by factor: {single}"


def measured(folder: Path, scenes: Scenes, count: int, temperature: float | None = None, seed: int = 1) -> Measured:
    """Measure on so many strips, with held-out wordings of the biases."""
    digest = sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    client = Captioner(model=str(folder), sha256=digest, temperature=temperature)
    drawn = list(islice(strips([scenes], True, default_rng([seed, len(scenes.name)])), count))
    said = [_claims(client, one, scenes) for one in drawn]
    return _means([dict(one.claims) for one in drawn], said, [factor.name for factor in scenes.dataset.factors])


def as_sent(one: Strip) -> Message:
    """A strip as an explainer sends it."""
    return Message(one.prompt, tuple(sheet(frames, ENLARGED, GAP) for frames in one.sheets))


def _claims(client: Captioner, one: Strip, scenes: Scenes) -> dict[str, int]:
    try:
        text = asyncio.run(client(as_sent(one), 0)).text
    except Unusable as unusable:
        return {unusable.kind: 0}  # no factor: wrong whatever is true
    return {factor: sign or 0 for factor, sign in parse(text, scenes.dataset.vocabulary).items()}


def _means(true: Sequence[Mapping[str, int]], said: Sequence[Mapping[str, int]], factors: Sequence[str]) -> Measured:
    pairs = list(zip(true, said, strict=True))
    f1 = [2 * len(t.keys() & s.keys()) / (len(t) + len(s)) if t or s else 1.0 for t, s in pairs]
    signs = [s[name] == sign for t, s in pairs for name, sign in t.items() if sign and name in s]
    named = {name: [name in s for t, s in pairs if name in t] for name in factors}
    return Measured(
        len(pairs),
        _mean([t.keys() == s.keys() for t, s in pairs]),
        _mean(f1),
        _mean(signs),
        _mean([not s for t, s in pairs if not t]),
        {name: _mean(found) for name, found in named.items() if found},
    )


def _mean(values: Sequence[float | bool]) -> float:
    return sum(values) / len(values) if values else float("nan")
