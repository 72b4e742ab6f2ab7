"""A vision-language model too small to know anything: random weights, its tokenizer trained on the spot."""

from pathlib import Path

CHAT = (
    "{% for turn in messages %}<user>{% for part in turn['content'] %}{% if part['type'] == 'image' %}<image>"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endfor %}<answer>"
)
SPECIAL = ["<pad>", "<end>", "<image>", "<user>", "<answer>"]
VISION = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 1, "num_attention_heads": 2}
TEXT = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2, "num_attention_heads": 2, "num_key_value_heads": 2}


def save_tiny_model(folder: Path) -> None:
    """Writes a LLaVA of CLIP and Llama, and its processor."""
    import torch
    from transformers import (
        CLIPImageProcessor,
        CLIPVisionConfig,
        LlamaConfig,
        LlavaConfig,
        LlavaForConditionalGeneration,
        LlavaProcessor,
    )

    words = _tokenizer()
    numbers = {name: words.convert_tokens_to_ids(f"<{name}>") for name in ("pad", "end", "image")}
    text = LlamaConfig(vocab_size=len(words), pad_token_id=numbers["pad"], eos_token_id=numbers["end"], bos_token_id=None, **TEXT)
    vision = CLIPVisionConfig(image_size=16, patch_size=8, projection_dim=32, **VISION)
    config = LlavaConfig(vision_config=vision, text_config=text, image_token_index=numbers["image"], image_seq_length=4)
    torch.manual_seed(0)
    model = LlavaForConditionalGeneration(config).eval()
    model.generation_config.eos_token_id = numbers["end"]
    model.generation_config.pad_token_id = numbers["pad"]
    model.save_pretrained(folder)
    size = {"height": 16, "width": 16}
    pictures = CLIPImageProcessor(size=size, crop_size=size, do_convert_rgb=True)
    strategy = {"vision_feature_select_strategy": "default", "num_additional_image_tokens": 1}
    LlavaProcessor(pictures, words, patch_size=8, chat_template=CHAT, image_token="<image>", **strategy).save_pretrained(folder)


def _tokenizer():
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    bytewise = Tokenizer(models.BPE())
    bytewise.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    bytewise.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=300, special_tokens=SPECIAL, initial_alphabet=alphabet, show_progress=False)
    bytewise.train_from_iterator(["What changes from left to right?", "The shape grows."], trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=bytewise,
        pad_token="<pad>",
        eos_token="<end>",
        padding_side="left",
        extra_special_tokens={"image_token": "<image>"},
    )
