"""The reader of one document, a process of its own: `python -I program.py ORDER`, with the document as standard input.

The document is a stranger's. Limits, and a filter that takes away the network, other programs and other processes, hold
before any library that parses is imported; before the first byte is parsed, no file can be opened any more. Who takes a
parser over is in here with the document and nothing else. Prints lines, as `collector.py` describes them.
"""

import importlib
import os
import shutil
import sys
from pathlib import Path
from typing import BinaryIO

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))  # -I leaves out every folder of ours

from services.ai.extraction.collector import Collector
from services.ai.extraction.confinement import allow_cpu, confine, seal
from services.ai.extraction.order import READERS, Order
from services.ai.extraction.values import MIB, ExtractionFailed, Outline


def main(argument: str) -> None:
    """Reads the document; whatever becomes of that is printed."""
    order = Order.from_json(argument)
    collector = Collector(sys.stdout.buffer, order.limits)
    try:
        outline = _read(order, collector)
        collector.done(outline)
    except ExtractionFailed as failure:
        collector.failed(failure)
    except MemoryError:
        collector.failed(ExtractionFailed("too_large", "it takes more memory than it may"))
    except Exception as error:  # noqa: BLE001  # a parser may raise anything over a broken document
        collector.failed(ExtractionFailed("broken", f"{type(error).__name__} {_place(error)}"))
    sys.stdout.buffer.flush()
    os._exit(0)  # nothing that a hostile document made is taken apart again


def _read(order: Order, collector: Collector) -> Outline:
    limits = order.limits
    confine(limits, parent=order.parent, folder=order.folder)
    name = READERS.get(order.content_type)
    file: BinaryIO = sys.stdin.buffer
    if order.converter is not None and order.folder is not None:
        from services.ai.extraction import doc  # noqa: PLC0415 - it is confined now

        allow_cpu(limits, shares=3 + order.size // MIB)  # an office program takes seconds to start
        name = order.converter.target
        file = doc.prepare(file, order.folder, order.converter, collector).open("rb")
        shutil.rmtree(order.folder, ignore_errors=True)  # what is open stays
    reader = importlib.import_module(f"services.ai.extraction.{name}")
    seal()
    allow_cpu(limits, shares=1 + order.size // MIB)
    outline: Outline = reader.read(file, collector, limits)
    if not collector.blocks:
        raise ExtractionFailed("empty", "it has no text that can be seen")
    return outline


def _place(error: Exception) -> str:
    """Where in our code it was raised; what it says may quote the document."""
    trace, place = error.__traceback__, ""
    while trace is not None:
        if "extraction" in trace.tb_frame.f_code.co_filename:
            place = f"in {Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return place


if __name__ == "__main__":
    main(sys.argv[1])
