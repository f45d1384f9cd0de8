"""What every form of the embeddings port keeps."""

import asyncio

import numpy as np
import pytest

from services.ai.embeddings import Embeddings
from tests.support.eventually import eventually


async def test_each_text_has_one_vector_of_length_1_in_its_place(embeddings: Embeddings) -> None:
    texts = [f"the price of part {number} is {number * 7} euros" for number in range(20)]
    vectors = await embeddings.embed(texts)
    assert vectors.shape == (20, embeddings.dimensions)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = np.concatenate([await embeddings.embed([text]) for text in texts])
    assert np.abs(vectors - alone).max() < 1e-5


async def test_nothing_gives_nothing(embeddings: Embeddings) -> None:
    assert (await embeddings.embed([])).shape == (0, embeddings.dimensions)


async def test_texts_about_the_same_are_nearer_than_others(embeddings: Embeddings) -> None:
    question, answer, other = await embeddings.embed(
        [
            "how long is the warranty",
            "the warranty is two years long",
            "our office in Lisbon closes at noon on Fridays",
        ]
    )
    assert question @ answer > question @ other + 0.2


@pytest.mark.parametrize(
    "text", ["word " * 20_000, "x" * 60_000, "値" * 30_000, "a\n" * 30_000, "🙂" * 9_000, "\ud800 x"]
)
async def test_texts_beyond_the_model_are_cut_and_strange_ones_are_taken(embeddings: Embeddings, text: str) -> None:
    vectors = await embeddings.embed([text, "a word"])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


@pytest.mark.parametrize("text", ["", "  \n"])
async def test_a_blank_text_is_refused(embeddings: Embeddings, text: str) -> None:
    with pytest.raises(ValueError, match="blank"):
        await embeddings.embed(["words", text])


async def test_the_length_of_a_text_is_counted_in_tokens(embeddings: Embeddings) -> None:
    short, long = (embeddings.count_tokens("a price list " * times) for times in (1, 50))
    assert 3 <= short < 10
    assert 150 <= long <= 300
    assert embeddings.most_tokens >= 64


async def test_the_model_is_named_with_what_makes_its_vectors_comparable(embeddings: Embeddings) -> None:
    assert embeddings.model in {"minilm-l6-v2", "titan-embed-text-v2:256"}


async def test_callers_at_the_same_time_get_their_own_vectors_and_the_loop_goes_on(embeddings: Embeddings) -> None:
    groups = [[f"group {group} text {number} " * 9 for number in range(12)] for group in range(4)]
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await eventually(lambda: turns > 0)
    before = turns
    together = await asyncio.gather(*(embeddings.embed(group) for group in groups))
    turning.cancel()
    assert turns > before + 20
    for group, vectors in zip(groups, together, strict=True):
        assert np.abs(vectors[-1] - (await embeddings.embed(group[-1:]))[0]).max() < 1e-5
