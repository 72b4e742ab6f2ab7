import json
from pathlib import Path

import numpy as np
import pytest
from omegaconf import OmegaConf

from bench.build import build
from bench.encoders.minilm import packaged_minilm
from bench.encoders.sentence_transformer import SentenceEncoder
from bench.errors import DataError
from bench.interfaces import TextEncoder
from bench.shipped import shipped

# The example of the sentence-transformers documentation, with the similarities printed there.
DOCUMENTED = ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]


def encoder(**fields):
    return SentenceEncoder(**{"model": "packaged", "revision": None, "device": "cpu", "batch_size": 64} | fields)


@pytest.fixture(scope="module")
def minilm():
    return encoder()


def test_it_is_a_text_encoder(minilm):
    assert isinstance(minilm, TextEncoder)


def test_similarities_are_the_documented_ones(minilm):
    vectors = minilm(DOCUMENTED)
    similarities = (vectors @ vectors.T)[[0, 0, 1], [1, 2, 2]]
    np.testing.assert_allclose(similarities, [0.6660, 0.1046, 0.1411], atol=1e-4)


def test_vectors_have_length_one(minilm):
    np.testing.assert_allclose(np.linalg.norm(minilm([*DOCUMENTED, "", "word " * 999]), axis=1), 1, atol=1e-6)


def test_vectors_have_length_one_for_a_model_that_does_not_see_to_it(tmp_path):
    for path in packaged_minilm().iterdir():
        (tmp_path / path.name).symlink_to(path)
    stages = json.loads((tmp_path / "modules.json").read_text())
    (tmp_path / "modules.json").unlink()
    (tmp_path / "modules.json").write_text(json.dumps([stage for stage in stages if "Normalize" not in stage["type"]]))
    np.testing.assert_allclose(np.linalg.norm(encoder(model=str(tmp_path))(DOCUMENTED), axis=1), 1, atol=1e-6)


def test_rows_follow_the_texts_and_equal_texts_have_equal_rows(minilm):
    vectors = minilm([DOCUMENTED[1], DOCUMENTED[0], DOCUMENTED[1]])
    np.testing.assert_array_equal(vectors[0], vectors[2])
    np.testing.assert_allclose(vectors[1], minilm(DOCUMENTED)[0], atol=1e-6)


def test_each_distinct_text_is_encoded_once(minilm, monkeypatch):
    encode, sent = minilm._network.encode, []
    monkeypatch.setattr(minilm._network, "encode", lambda texts, **settings: sent.extend(texts) or encode(texts, **settings))
    minilm([DOCUMENTED[0]] * 5 + [DOCUMENTED[1]])
    assert sent == DOCUMENTED[:2]


def test_no_texts_give_no_rows(minilm):
    vectors = minilm([])
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32


def test_the_batch_size_moves_nothing_but_the_last_digits(minilm):
    texts = [" ".join(DOCUMENTED[: n % 3 + 1]) + " more" * n for n in range(20)]
    np.testing.assert_allclose(encoder(batch_size=3)(texts), minilm(texts), atol=1e-6)


def test_loading_prints_nothing(capfd):
    encoder()(["a text"])
    assert capfd.readouterr() == ("", "")


def test_a_folder_that_holds_no_model_is_a_data_error(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"")
    with pytest.raises(DataError, match="sentence-transformers model"):
        encoder(model=str(tmp_path))(["a text"])


@pytest.mark.parametrize("name", sorted(path.stem for path in Path(shipped("conf", "encoder")).glob("*.yaml")))
def test_every_encoder_of_the_configuration_can_be_built(name):
    conf = OmegaConf.create({"encoder": OmegaConf.load(shipped("conf", "encoder", f"{name}.yaml"))})
    conf.runtime = OmegaConf.load(shipped("conf", "runtime", "default.yaml"))
    node = OmegaConf.to_container(conf, resolve=True)["encoder"]
    assert isinstance(build(node, "encoder"), TextEncoder)
