"""Reads safetensors files (https://huggingface.co/docs/safetensors, "Format") without copying them."""

import json
from collections.abc import Mapping

import numpy as np

from services.ai.embeddings.port import Floats

_LENGTH_BYTES = 8


def tensors(data: memoryview) -> Mapping[str, Floats]:
    """The float32 tensors of a file by name, as views of `data`; others are left out.

    A file is the length of its header (64 bits, little-endian), the header (JSON: type, shape, and where each tensor
    begins and ends after the header), and the numbers (little-endian, row by row).
    """
    begin = _LENGTH_BYTES + int.from_bytes(data[:_LENGTH_BYTES], "little")
    header = json.loads(bytes(data[_LENGTH_BYTES:begin]))
    found: dict[str, Floats] = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = entry["data_offsets"]
            values = np.frombuffer(data[begin + start : begin + end], dtype=np.dtype("<f4"))
            found[name] = values.reshape(entry["shape"])
    return found
