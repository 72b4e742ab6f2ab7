"""The network: pairs of frames through a small convolution, then a transformer that reads them, the cue words, and writes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int64, UInt8
from numpy import ndarray

from bench.errors import DataError

WEIGHTS, CONFIG = "model.safetensors", "config.json"
START, END = "<start>", "<end>"
PATCH = 4
STEPS, ROWS, SHEETS = 13, 12, 4  # places that have an embedding; places beyond the last one share it


@dataclass(frozen=True)
class Shape:
    """The size of the network, the words that it can write and the words that it reads in a prompt."""

    dims: int
    layers: int
    heads: int
    channels: tuple[int, int, int]
    longest: int  # words of an answer
    words: tuple[str, ...]
    cues: tuple[str, ...]

    @property
    def vocabulary(self) -> tuple[str, ...]:
        """All that can follow a word."""
        return (START, END, *self.words)


@dataclass(frozen=True)
class Seen:
    """What the network is given for one message: pairs of frames, where each stands (sheet, row, step), and cue words."""

    pairs: UInt8[ndarray, "n 6 height width"]
    places: Int64[ndarray, "n 3"]
    cues: Float32[ndarray, " cues"]


def given(sheets: Sequence[UInt8[ndarray, "rows steps channels height width"]], cues: Float32[ndarray, " cues"]) -> Seen:
    """Each frame with the one after it, and the first with the last; grey becomes RGB."""
    pairs, places = [], []
    for number, one in enumerate(sheets):
        steps = np.arange(one.shape[1] - 1)
        before, after = np.append(0, steps), np.append(one.shape[1] - 1, steps + 1)
        frames = np.broadcast_to(one, (*one.shape[:2], 3, *one.shape[3:]))
        pairs.append(np.concatenate([frames[:, before], frames[:, after]], 2).reshape(-1, 6, *one.shape[3:]))
        rows = np.repeat(np.arange(len(one)), len(before))
        places.append(np.stack([np.full(len(rows), number), rows, np.tile(np.arange(len(before)), len(one))], 1))
    where = np.minimum(np.concatenate(places), [SHEETS - 1, ROWS - 1, STEPS - 1])
    return Seen(np.concatenate(pairs), where.astype(np.int64), cues)


def network(shape: Shape) -> Any:
    """A new network, a torch module. `see` gives what stands before the words; calling it scores the next word after each word."""
    import torch
    from torch import nn

    class Captions(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            first, second, third = shape.channels
            self.eye = nn.Sequential(
                nn.Conv2d(6 * PATCH**2, first, 1),
                nn.ReLU(),
                nn.Conv2d(first, second, 3, 2, 1),
                nn.ReLU(),
                nn.Conv2d(second, third, 3, 2, 1),
                nn.ReLU(),
                nn.Flatten(),
                nn.Linear(third * 16, shape.dims),
            )
            self.places = nn.ModuleList(nn.Embedding(count, shape.dims) for count in (SHEETS, ROWS, STEPS))
            self.cues = nn.Linear(len(shape.cues), shape.dims)
            self.words = nn.Embedding(len(shape.vocabulary), shape.dims)
            self.order = nn.Embedding(shape.longest + 1, shape.dims)
            layer = nn.TransformerEncoderLayer(
                shape.dims, shape.heads, 3 * shape.dims, 0.0, "gelu", batch_first=True, norm_first=True
            )
            self.layers = nn.TransformerEncoder(layer, shape.layers, nn.LayerNorm(shape.dims), enable_nested_tensor=False)

        def see(self, patches: Any, places: Any, cues: Any) -> tuple[Any, Any]:
            """A row for each pair of frames, given as bytes in patches, and one for each set of cue words."""
            precision = torch.get_autocast_dtype("cpu") if torch.is_autocast_enabled("cpu") else torch.float32
            rows = self.eye(patches.to(precision) / 255) + sum(embed(places[:, k]) for k, embed in enumerate(self.places))
            return rows, self.cues(cues)

        def forward(self, before: Any, absent: Any, words: Any) -> Any:
            """Scores of the next word. `before` stands first and is read both ways, but for what is `absent`."""
            count, known = words.shape[1], before.shape[1]
            told = self.words(words) + self.order(torch.arange(count, device=words.device))
            blocked = torch.ones(known + count, known + count, dtype=torch.bool, device=words.device).triu(1)
            blocked[:known, :known] = False
            gone = torch.nn.functional.pad(absent, (0, count), value=False)
            read = self.layers(torch.cat([before, told], 1), mask=blocked, src_key_padding_mask=gone)
            return read[:, known:] @ self.words.weight.T

    made = Captions()
    for embedding in (module for module in made.modules() if isinstance(module, nn.Embedding)):
        nn.init.normal_(embedding.weight, std=0.05)  # of rows that are added, and of scores: at 1 nothing else would be heard
    return made


def patches(pairs: UInt8[ndarray, "n 6 height width"]) -> UInt8[ndarray, "n channels down across"]:
    """Squares of pixels as channels, which come last in memory."""
    n, channels, height, width = pairs.shape
    parts = pairs.reshape(n, channels, height // PATCH, PATCH, width // PATCH, PATCH).transpose(0, 2, 4, 1, 3, 5)
    return parts.reshape(n, height // PATCH, width // PATCH, -1).transpose(0, 3, 1, 2)


def save(model: Any, shape: Shape, folder: Path) -> Path:
    """Write weights in half precision and the configuration."""
    from safetensors.torch import save_file

    folder.mkdir(parents=True, exist_ok=True)
    save_file({name: value.detach().half().contiguous() for name, value in model.state_dict().items()}, folder / WEIGHTS)
    (folder / CONFIG).write_text(json.dumps(asdict(shape), indent=1) + "\n", encoding="utf-8")
    return folder / WEIGHTS


def load(folder: Path) -> tuple[Any, Shape]:
    """The network of a folder in single precision. Raises `DataError` when it is not one."""
    from safetensors.torch import load_file

    try:
        shape = _shape(json.loads((folder / CONFIG).read_text(encoding="utf-8")))
        model = network(shape)
        model.load_state_dict({name: value.float() for name, value in load_file(folder / WEIGHTS).items()})
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        raise DataError(f"expected a traversal captioner at {folder}, got: {error}; train one, or reinstall latentbench") from error
    return model.eval(), shape


def _shape(written: Mapping[str, Any]) -> Shape:
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in written.items()}
    return Shape(**fields)
