"""What can be measured. A bench is a module of this folder with a `BENCH`; nothing else registers it."""

import importlib
import pkgutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

Figures = Mapping[str, float]


@dataclass(frozen=True, kw_only=True)
class Bench:
    """`run` prints what it finds for people and returns the figures, whose names end in their unit or in `ratio`."""

    name: str
    measures: str
    run: Callable[[], Figures]


def all_benches() -> dict[str, Bench]:
    """The benches by name."""
    found: dict[str, Bench] = {}
    for module in pkgutil.iter_modules([str(Path(__file__).parent)]):
        if module.ispkg or module.name.startswith("_"):
            continue
        bench = getattr(importlib.import_module(f"bench.{module.name}"), "BENCH", None)
        if isinstance(bench, Bench):
            found[bench.name] = bench
    return found
