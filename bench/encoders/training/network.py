"""The small open_clip model: a ResNet for pictures of 64 × 64 pixels, a short text transformer, a tokenizer of whole words."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

SIDE = 64
WINDOW = 32  # words of a text that are read, two marks of beginning and end among them
MEAN, STD = [0.5] * 3, [0.5] * 3
UNKNOWN = "[UNK]"


def prepare_folder(folder: Path, texts: Iterable[str]) -> None:
    """Write the configuration, and a tokenizer that knows the words of the texts, for open_clip's `local-dir:`."""
    folder.mkdir(parents=True, exist_ok=True)
    known = sorted({word for text in texts for word in words(text)})
    network = {
        "embed_dim": 128,
        "vision_cfg": {"image_size": SIDE, "layers": [1, 1, 1, 1], "width": 16, "patch_size": None},
        "text_cfg": {
            "context_length": WINDOW,
            "vocab_size": len(known) + 4,
            "width": 128,
            "heads": 4,
            "layers": 2,
            "hf_tokenizer_name": ".",
            "tokenizer_kwargs": {"clean": "whitespace"},
        },
    }
    config = {"model_cfg": network, "preprocess_cfg": {"mean": MEAN, "std": STD}}
    (folder / "open_clip_config.json").write_text(json.dumps(config, indent=2) + "\n")
    tokenizer(known).save_pretrained(str(folder))


def words(text: str) -> list[str]:
    """The words of a text as the tokenizer splits it."""
    return "".join(letter if letter.isalnum() else " " for letter in text.lower()).split()


def tokenizer(known: list[str]) -> Any:
    """Lower-case words; others are `[UNK]`. The end mark has the highest id: open_clip reads a text out where the id is highest."""
    from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers
    from tokenizers.models import WordLevel
    from tokenizers.processors import TemplateProcessing
    from transformers import PreTrainedTokenizerFast

    entries = ["[PAD]", UNKNOWN, "[BOS]", *known, "[EOS]"]
    made = Tokenizer(WordLevel({word: number for number, word in enumerate(entries)}, UNKNOWN))
    made.normalizer = normalizers.Sequence([normalizers.Lowercase(), normalizers.Replace(Regex(r"[^\p{L}\p{N}]"), " ")])
    made.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    ends = [("[BOS]", 2), ("[EOS]", len(entries) - 1)]
    made.post_processor = TemplateProcessing(single="[BOS] $A [EOS]", special_tokens=ends)
    return PreTrainedTokenizerFast(
        tokenizer_object=made, pad_token="[PAD]", unk_token=UNKNOWN, bos_token="[BOS]", eos_token="[EOS]", model_max_length=WINDOW
    )


def create(folder: Path) -> tuple[Any, Any]:
    """The model of a folder, with its weights where it has any, and its tokenizer."""
    import open_clip

    from bench.encoders.joint import silent

    with silent():
        return open_clip.create_model(f"local-dir:{folder}"), open_clip.get_tokenizer(f"local-dir:{folder}")


def save(model: Any, folder: Path) -> Path:
    """Write the weights in half precision."""
    import torch
    from safetensors.torch import save_file

    from bench.encoders.joint import WEIGHTS

    half = {name: value.detach().half() if value.is_floating_point() else value for name, value in model.state_dict().items()}
    save_file({name: value.contiguous().to(torch.device("cpu")) for name, value in half.items()}, folder / WEIGHTS)
    return folder / WEIGHTS
