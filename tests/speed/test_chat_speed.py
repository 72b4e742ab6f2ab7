import asyncio
import os

import numpy as np
import pytest
from loopback import Loopback

from bench.clients.chat_api import ChatApi
from bench.clients.messages import Message
from bench.clients.png import data_url
from bench.clients.remembered import Remembered

pytestmark = pytest.mark.speed
CALLS, AT_ONCE = 600, 64
PICTURE = np.random.default_rng(0).integers(0, 256, (1, 64, 320), dtype=np.uint8)


def settings(server: Loopback) -> dict:
    limits = {"concurrency": AT_ONCE, "timeout": 60.0, "attempts": 3}
    prices = {"price_in": None, "price_out": None, "price_date": None}
    asked = {"model": "m", "max_tokens": 64, "max_tokens_field": "max_tokens", "temperature": None, "seeded": True, "detail": None}
    return {"base_url": server.base_url, "key_variable": None, "extra": {}, **asked, **prices, **limits}


def test_chat_calls_against_the_bare_client(ratio, figure, tmp_path):
    import openai

    async def ours(folder: str, server: Loopback) -> None:
        client = Remembered(client=ChatApi(**settings(server)), folder=folder, dollars=None)
        await asyncio.gather(*(client(Message("What changes?", (PICTURE,)), i) for i in range(CALLS)))

    async def bare(server: Loopback) -> None:
        gate, url = asyncio.Semaphore(AT_ONCE), data_url(PICTURE)
        content = [{"type": "text", "text": "What changes?"}, {"type": "image_url", "image_url": {"url": url}}]
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="none", max_retries=0) as client:

            async def one(i: int) -> None:
                async with gate:
                    messages = [{"role": "user", "content": content}]
                    await client.chat.completions.create(model="m", messages=messages, max_tokens=64, seed=i)

            await asyncio.gather(*map(one, range(CALLS)))

    with Loopback() as server:
        rounds = iter(range(100))

        def fresh() -> None:
            asyncio.run(ours(os.fspath(tmp_path / str(next(rounds))), server))

        value = ratio(lambda: asyncio.run(bare(server)), fresh, 7)
    figure(f"600 chat calls at concurrency 64, rate over that of the bare client: {value:.2f} (aim: at least 0.9)")
