"""What is answered where the documents hold no answer, in every language that is known."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from libs.common.yaml_files import read_yaml


def not_found(language: str) -> str:
    """An honest answer where the documents hold none."""
    texts = _texts()
    return texts.get(language, texts["en"])


@cache
def _texts() -> Mapping[str, str]:
    texts: Mapping[str, str] = read_yaml(Path(__file__).with_name("texts.yaml"))
    return texts
