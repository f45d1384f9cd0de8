"""How many passages become vectors in a second of one core: our numpy against sentence-transformers on torch."""

import asyncio
import os
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

import numpy as np
import orjson

from bench.registry import Figures
from bench.support.peers import python_with
from bench.support.report import print_table
from services.ai.embeddings.local import MiniLmEmbeddings, load_minilm, packaged_model
from services.ai.embeddings.port import Floats

PASSAGES, TOKENS, ROUNDS = 64, 80, 5
_REQUIREMENTS = ("torch==2.13.0", "sentence-transformers==6.2.0")
_PEER = Path(__file__).parent / "support" / "peer_sentence_transformers.py"
_TEXT = (
    "the delivery of goods within that period is subject to terms agreed by both parties in writing and may be "
    "changed by seller after notice price list customer repair office station support number address tax return"
)


def vectors() -> Figures:
    """Alternating rounds. Seconds are those of a processor, so that what else runs here counts little."""
    embeddings = load_minilm(packaged_model())
    try:
        return _measured(embeddings, _passages(embeddings))
    finally:
        embeddings.close()


def _measured(embeddings: MiniLmEmbeddings, passages: Sequence[str]) -> Figures:
    ours: list[float] = []
    theirs: list[float] = []
    difference = 0.0
    with _peer() as peer:
        for _ in range(ROUNDS):
            began = time.process_time()
            made = asyncio.run(embeddings.embed(passages))
            ours.append(PASSAGES / (time.process_time() - began))
            if peer is not None:
                seconds, expected = _ask(*peer, passages)
                theirs.append(PASSAGES / seconds)
                difference = float(np.abs(made - expected).max())
    rows: list[list[object]] = [["numpy (ours)", median(ours)]]
    figures = {"chunks_per_second": median(ours)}
    if theirs:
        rows.append(["sentence-transformers on torch", median(theirs)])
        figures["torch_chunks_per_second"] = median(theirs)
        print(f"The largest difference between two vectors' numbers is {difference:.1e}.")
    print_table(f"Passages of {TOKENS} tokens", ["", "a second of one core"], rows)
    return figures


def _passages(embeddings: MiniLmEmbeddings) -> list[str]:
    """Texts of exactly 80 tokens: each word of the list is one."""
    chance, words = random.Random(7), _TEXT.split()
    texts = [" ".join(chance.choice(words) for _ in range(TOKENS - 2)) for _ in range(PASSAGES)]
    if {embeddings.count_tokens(text) for text in texts} != {TOKENS}:  # the figure would be of something else
        raise RuntimeError("a passage has another number of tokens")
    return texts


@contextmanager
def _peer() -> Iterator[tuple[IO[bytes], IO[bytes]] | None]:
    """Where the peer is asked and where it answers; None if it cannot be installed here."""
    try:
        interpreter = python_with("sentence-transformers", *_REQUIREMENTS)
    except RuntimeError as error:
        print(error)
        yield None
        return
    process = subprocess.Popen(
        [str(interpreter), str(_PEER), str(packaged_model())],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"},
    )
    try:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the peer has no pipes")
        yield process.stdin, process.stdout
    finally:
        process.kill()
        process.communicate()


def _ask(questions: IO[bytes], answers: IO[bytes], passages: Sequence[str]) -> tuple[float, Floats]:
    """Seconds and vectors."""
    questions.write(orjson.dumps(passages) + b"\n")
    questions.flush()
    answer = orjson.loads(answers.readline())
    return float(answer["seconds"]), np.array(answer["vectors"], dtype=np.float32)
