"""all-MiniLM-L6-v2 (a BERT of 6 layers; mean of the last layer, length 1) in numpy, in 32 bits.

The texts of a batch stand one after another without padding: all but attention works on each token by itself, and
attention is done for each text, where its arrays fit the processor's cache. So a text costs what its own tokens cost,
and its vector does not depend on the texts beside it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from services.ai.embeddings.port import Floats

DIMENSIONS = 384
MOST_TOKENS = 256
BATCH_TOKENS = 512
"""More at once is hardly quicker."""
_LAYERS, _HEADS, _HEAD, _INNER = 6, 12, 32, 1536
_ROWS = 128
"""Tokens that go through the inner layer at once: their 1536 numbers each stay in the processor's cache."""
_EPSILON = np.float32(1e-12)
# erf(x/√2) = tanh(x·p(x²)): p was fitted to make the largest error of x·(1 + erf(x/√2))/2 small, which is 3.1e-6.
_GELU = tuple(
    np.float32(factor)
    for factor in (1.1190820132442325e-06, -3.058100492043907e-05, -1.2486162892011714e-04, 3.6468790903968915e-02)
)
_GELU_LAST = np.float32(7.978281360743134e-01)


def twice_gelu(x: Floats, square: Floats, factor: Floats) -> None:
    """Replaces `x` by x·(1 + erf(x/√2)), which is twice GELU; the others are space of the same shape."""
    np.multiply(x, x, out=square)
    np.multiply(square, _GELU[0], out=factor)
    for coefficient in _GELU[1:]:
        factor += coefficient
        factor *= square
    factor += _GELU_LAST
    factor *= x
    np.tanh(factor, out=factor)
    factor += np.float32(1)
    x *= factor


@dataclass(frozen=True, slots=True)
class _Norm:
    weight: Floats
    bias: Floats

    def apply(self, x: Floats) -> None:
        """LayerNorm over the last axis, in place."""
        x -= (x @ _MEAN)[:, np.newaxis]
        variance = np.vecdot(x, x)
        variance *= np.float32(1 / DIMENSIONS)
        variance += _EPSILON
        np.sqrt(variance, out=variance)
        x /= variance[:, np.newaxis]
        x *= self.weight
        x += self.bias


_MEAN = np.full(DIMENSIONS, 1 / DIMENSIONS, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class _Dense:
    weight: Floats
    bias: Floats

    def apply(self, x: Floats, out: Floats) -> None:
        np.matmul(x, self.weight, out=out)
        out += self.bias


@dataclass(frozen=True, slots=True)
class _Layer:
    queries_keys_values: _Dense
    attended: _Dense
    attended_norm: _Norm
    inner: _Dense
    outer: _Dense
    outer_norm: _Norm


class Workspace:
    """The arrays that a batch needs, made once: 10 MB. One batch at a time uses it."""

    def __init__(self) -> None:
        self.hidden = _space(BATCH_TOKENS, DIMENSIONS)
        self.queries_keys_values = _space(BATCH_TOKENS, 3 * DIMENSIONS)
        self.context = _space(BATCH_TOKENS, DIMENSIONS)
        self.change = _space(BATCH_TOKENS, DIMENSIONS)
        self.scores = _space(_HEADS * MOST_TOKENS * MOST_TOKENS)
        self.inner = _space(3, _ROWS, _INNER)


def _space(*shape: int) -> Floats:
    return np.empty(shape, dtype=np.float32)


class MiniLm:
    """The network; it may be used by several threads, each with its own `Workspace`."""

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        """`weights` as the model's authors name them. Raises KeyError if one is missing."""
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"][:MOST_TOKENS]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._norm = _norm(weights, "embeddings.LayerNorm")
        self._layers = [_layer(weights, f"encoder.layer.{number}") for number in range(_LAYERS)]

    def vectors(self, texts: Sequence[NDArray[np.intp]], space: Workspace) -> Floats:
        """One vector of length 1 for each text, given as 2 to 256 tokens; at most 512 tokens together."""
        ends = np.cumsum([len(text) for text in texts])
        starts = ends - [len(text) for text in texts]
        count = int(ends[-1])
        hidden = space.hidden[:count]
        np.take(self._words, np.concatenate(texts), axis=0, out=hidden, mode="clip")
        for start, end in zip(starts, ends, strict=True):
            hidden[start:end] += self._places[: end - start]
        self._norm.apply(hidden)
        for layer in self._layers:
            _attend(layer, hidden, starts, ends, space)
            _transform(layer, hidden, space)
        pooled: Floats = np.add.reduceat(hidden, starts, axis=0)  # the mean, but for a factor that the length undoes
        pooled /= np.sqrt(np.vecdot(pooled, pooled))[:, np.newaxis]
        return pooled


def _norm(weights: Mapping[str, Floats], name: str) -> _Norm:
    return _Norm(weights[f"{name}.weight"], weights[f"{name}.bias"])


def _dense(weights: Mapping[str, Floats], name: str) -> _Dense:
    return _Dense(weights[f"{name}.weight"].T, weights[f"{name}.bias"])


def _layer(weights: Mapping[str, Floats], name: str) -> _Layer:
    """A layer with what its operations have in common done once, here."""
    scale = np.float32(_HEAD**-0.5)
    query, key, value = (_dense(weights, f"{name}.attention.self.{part}") for part in ("query", "key", "value"))
    outer = _dense(weights, f"{name}.output.dense")
    return _Layer(
        queries_keys_values=_Dense(
            np.concatenate([query.weight * scale, key.weight, value.weight], axis=1),
            np.concatenate([query.bias * scale, key.bias, value.bias]),
        ),
        attended=_dense(weights, f"{name}.attention.output.dense"),
        attended_norm=_norm(weights, f"{name}.attention.output.LayerNorm"),
        inner=_dense(weights, f"{name}.intermediate.dense"),
        outer=_Dense(outer.weight * np.float32(0.5), outer.bias),  # since it is given twice GELU
        outer_norm=_norm(weights, f"{name}.output.LayerNorm"),
    )


def _attend(layer: _Layer, hidden: Floats, starts: NDArray[np.intp], ends: NDArray[np.intp], space: Workspace) -> None:
    count = len(hidden)
    everything, context, change = space.queries_keys_values[:count], space.context[:count], space.change[:count]
    layer.queries_keys_values.apply(hidden, everything)
    for start, end in zip(starts, ends, strict=True):
        _attend_within(everything[start:end], context[start:end], space.scores)
    layer.attended.apply(context, change)
    hidden += change
    layer.attended_norm.apply(hidden)


def _attend_within(everything: Floats, context: Floats, scores: Floats) -> None:
    """Attention among the tokens of one text. Keys come first in the scores, since sums over rows are quick."""
    count = len(everything)
    queries, keys, values = everything.reshape(count, 3, _HEADS, _HEAD).transpose(1, 2, 0, 3)
    weights = scores[: _HEADS * count * count].reshape(_HEADS, count, count)
    np.matmul(keys, queries.transpose(0, 2, 1), out=weights)
    weights -= weights.max(axis=1, keepdims=True)
    np.exp(weights, out=weights)
    totals = np.ones((1, count), dtype=np.float32) @ weights
    attended = weights.transpose(0, 2, 1) @ values
    attended /= totals.transpose(0, 2, 1)
    context.reshape(count, _HEADS, _HEAD)[:] = attended.transpose(1, 0, 2)


def _transform(layer: _Layer, hidden: Floats, space: Workspace) -> None:
    change = space.change[: len(hidden)]
    for start in range(0, len(hidden), _ROWS):
        rows = hidden[start : start + _ROWS]
        inner, square, factor = space.inner[:, : len(rows)]
        layer.inner.apply(rows, inner)
        twice_gelu(inner, square, factor)
        layer.outer.apply(inner, change[start : start + _ROWS])
    hidden += change
    layer.outer_norm.apply(hidden)
