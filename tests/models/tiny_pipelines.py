"""Folders that `save_pretrained` wrote: a DDPM and a Stable Diffusion with random weights, small enough for a test."""

import json

import pytest
import torch

from bench.models.from_diffusers import from_diffusers


@pytest.fixture(scope="session")
def ddpm_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ddpm")
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        network = from_diffusers("UNet2DModel")(
            sample_size=16,
            block_out_channels=(8, 16),
            layers_per_block=1,
            norm_num_groups=4,
            down_block_types=("DownBlock2D",) * 2,
            up_block_types=("UpBlock2D",) * 2,
            attention_head_dim=8,
        )
    pipeline = from_diffusers("DDPMPipeline")(network, from_diffusers("DDPMScheduler")())
    pipeline.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def diffusion_folder(tmp_path_factory):
    from transformers import CLIPTextConfig, CLIPTextModel

    folder = tmp_path_factory.mktemp("stable")
    with torch.random.fork_rng([]):
        torch.manual_seed(0)
        unet = from_diffusers("UNet2DConditionModel")(
            sample_size=8,
            block_out_channels=(8, 16),
            layers_per_block=1,
            norm_num_groups=4,
            cross_attention_dim=16,
            attention_head_dim=4,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        )
        vae = from_diffusers("AutoencoderKL")(
            block_out_channels=(4, 8),
            norm_num_groups=4,
            latent_channels=4,
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
        )
        sizes = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
        text = CLIPTextModel(CLIPTextConfig(vocab_size=60, max_position_embeddings=8, bos_token_id=0, eos_token_id=1, **sizes))
    scheduler = from_diffusers("PNDMScheduler")(beta_schedule="scaled_linear", skip_prk_steps=True, steps_offset=1)
    pipeline = from_diffusers("StableDiffusionPipeline")
    pipeline(vae, text, tokenizer(folder), unet, scheduler, None, None, requires_safety_checker=False).save_pretrained(folder)
    return folder


def tokenizer(folder):
    from transformers import CLIPTokenizer

    letters = [chr(i) for i in range(97, 123)]
    tokens = ["<|startoftext|>", "<|endoftext|>", *letters, *(f"{letter}</w>" for letter in letters)]
    place = folder / "words"
    place.mkdir()
    (place / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (place / "merges.txt").write_text("#version: 0.2\n")
    return CLIPTokenizer.from_pretrained(place, model_max_length=8)
