"""A stage key promises an output: who changes what a component puts out must raise its `version`, which changes the key.

`make golden` writes the file of promises anew, after a version was raised or a configuration changed on purpose.
"""

import asyncio
import hashlib
import json
import sys
from dataclasses import asdict, is_dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest

from bench.cells import cells
from bench.compose import composer
from bench.plan import plan
from bench.stages import Stages
from bench.store import Store

GOLDEN = Path(__file__).parent / "data" / "golden.json"
CELLS = (
    "model=exact_panel",
    "bias=none,disentanglement,combination,conditional",
    "explainer=pixel_change,oracle,constant,shuffled",
    "metric=[set_f1,exact_set,sign_accuracy,label_kappa,abstention_precision,abstention_recall,abstention_f1]",
)
DIGITS = 6  # significant digits of a float; the last ones belong to the machine


def digests(folder: Path) -> dict[str, str]:
    """The digest of the output of every stage behind a few cells, by kind and key."""
    with composer(CELLS) as (fixed, axes):
        planned = plan(cells(fixed, axes))
    return asyncio.run(_digests(planned, Stages(Store(folder))))


async def _digests(planned, stages) -> dict[str, str]:
    found = {}
    for stage in planned.stages:
        output = await stages.compute(stage)
        stages.store.publish(stage.kind, stage.key, lambda folder, s=stage, o=output: stages.write(folder, s, o))
        found[f"{stage.kind} {stage.key}"] = hashlib.sha256(json.dumps(plain(output)).encode()).hexdigest()[:16]
    return found


def plain(value):
    """Anything a stage puts out as JSON, floats cut to what every machine agrees on."""
    if is_dataclass(value):
        # Like the files: what sent no pictures says nothing of them.
        return plain({name: item for name, item in asdict(value).items() if (name, item) != ("images", ())})
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in sorted(value.items()) if key != "attention" or item is not None}
    if isinstance(value, np.ndarray) and value.dtype == np.uint8:
        return hashlib.sha256(value.tobytes()).hexdigest()
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(item) for item in (value.tolist() if isinstance(value, np.ndarray) else value)]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, str]:
    return digests(tmp_path_factory.mktemp("golden"))


def test_an_unchanged_key_has_an_unchanged_output(found):
    golden = json.loads(GOLDEN.read_text())
    changed = [stage for stage, digest in found.items() if golden.get(stage, digest) != digest]
    assert not changed, f"the output of these stages changed and their key did not: raise the `version` of the component: {changed}"


def test_every_key_is_promised(found):
    assert set(found) == set(json.loads(GOLDEN.read_text())), "keys changed: look whether they should, then run `make golden`"


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        GOLDEN.write_text(json.dumps(digests(Path(folder)), indent=0, sort_keys=True) + "\n")
    sys.stdout.write(f"wrote {GOLDEN}\n")
