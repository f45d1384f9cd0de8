"""MiniLM in numpy gives what its authors' program gives, and nothing but the weights that are meant."""

import asyncio
import ctypes
import importlib
import json
import math
from pathlib import Path

import numpy as np
import pytest

from services.ai.embeddings import Embeddings, EmbeddingsFailed
from services.ai.embeddings.blas import keep_products_on_one_thread
from services.ai.embeddings.local import TOKENIZER, WEIGHTS, load_minilm, packaged_model
from services.ai.embeddings.minilm import twice_gelu
from services.ai.embeddings.safetensors import tensors

REFERENCE = json.loads((Path(__file__).parent / "reference.json").read_text())["vectors"]
"""The first 64 numbers of vectors made with sentence-transformers and torch, on the same weights."""


async def test_vectors_are_those_of_the_authors_program(minilm: Embeddings) -> None:
    texts = ["word " * 400 if text == "word" else text for text in REFERENCE]
    vectors = await minilm.embed(texts)
    assert np.abs(vectors[:, :64] - np.array(list(REFERENCE.values()))).max() < 1e-5


async def test_similarities_are_those_that_the_authors_publish(minilm: Embeddings) -> None:
    person, dog, very, day = await minilm.embed(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    assert [round(float(person @ other), 3) for other in (dog, very, day)] == [0.695, 0.943, 0.257]


async def test_a_text_is_read_up_to_256_tokens_with_those_around_it(minilm: Embeddings) -> None:
    assert minilm.count_tokens("word " * 300) == 302
    long, most, less = await minilm.embed(["word " * 300, "word " * 254, "word " * 253])
    assert np.abs(long - most).max() < 1e-6
    assert np.abs(long - less).max() > 1e-5


async def test_a_question_does_not_wait_for_all_passages_that_came_before_it() -> None:
    embeddings = load_minilm(packaged_model(), threads=1)
    many = asyncio.create_task(embeddings.embed(["a passage of a long document"] * 4000))
    await asyncio.sleep(0)
    await embeddings.embed(["a question"])
    assert not many.done()
    many.cancel()
    await asyncio.to_thread(embeddings.close)


def test_the_approximation_of_gelu_is_as_near_as_it_says() -> None:
    exact = np.linspace(-12, 12, 200_001, dtype=np.float32)
    x = exact.copy()
    twice_gelu(x, np.empty_like(x), np.empty_like(x))
    errors = [
        abs(y / 2 - v * (1 + math.erf(v / math.sqrt(2))) / 2) for v, y in zip(exact.tolist(), x.tolist(), strict=True)
    ]
    assert max(errors) < 4e-6


def test_gelu_of_numbers_far_from_zero_is_nothing_or_the_number() -> None:
    x = np.array([-1000, -50, 0, 50, 1000], dtype=np.float32)
    twice_gelu(x, np.empty_like(x), np.empty_like(x))
    assert x.tolist() == [0, 0, 0, 100, 2000]


def test_other_weights_are_refused(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"\0" * 64)
    with pytest.raises(EmbeddingsFailed, match=r"model\.safetensors has another SHA-256"):
        load_minilm(tmp_path)


def test_another_tokenizer_is_refused(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).symlink_to(packaged_model() / WEIGHTS)
    (tmp_path / TOKENIZER).write_text((packaged_model() / TOKENIZER).read_text() + "\n")
    with pytest.raises(EmbeddingsFailed, match=r"tokenizer\.json has another SHA-256"):
        load_minilm(tmp_path)


@pytest.mark.parametrize("content", [None, b""])
def test_missing_and_empty_weights_are_named(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / WEIGHTS).write_bytes(content)
    with pytest.raises(EmbeddingsFailed, match=r"cannot be read: .*model\.safetensors"):
        load_minilm(tmp_path)


def test_safetensors_are_read_in_place() -> None:
    header = json.dumps(
        {
            "__metadata__": {"format": "pt"},
            "ids": {"dtype": "I64", "shape": [1], "data_offsets": [0, 8]},
            "weight": {"dtype": "F32", "shape": [2, 1], "data_offsets": [8, 16]},
        }
    ).encode()
    numbers = np.array([1.5, -2], dtype="<f4").tobytes()
    found = tensors(memoryview(len(header).to_bytes(8, "little") + header + b"\0" * 8 + numbers))
    assert {name: values.tolist() for name, values in found.items()} == {"weight": [[1.5], [-2.0]]}


def test_matrix_products_are_kept_on_one_thread() -> None:
    blas = ctypes.CDLL(importlib.import_module("numpy._core._multiarray_umath").__file__)
    blas.scipy_openblas_set_num_threads64_(2)
    assert keep_products_on_one_thread()
    assert blas.scipy_openblas_get_num_threads64_() == 1
