"""Programs that turn old Word documents into what is read here: LibreOffice, or antiword, where one is installed."""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.ai.extraction.values import ExtractionFailed

Target = Literal["docx", "docbook"]
PROGRAMS: Mapping[str, Target] = {"soffice": "docx", "antiword": "docbook"}
"""What each makes. LibreOffice, which keeps more, comes first; antiword is small and quick."""
_PATH = "/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Converter:
    """A program by its path, and the format that it makes."""

    program: str
    target: Target


def installed_converter() -> Converter | None:
    """The best of those on this machine."""
    for name, target in PROGRAMS.items():
        if program := shutil.which(name):
            return Converter(program, target)
    return None


def convert(converter: Converter, source: Path) -> Path:
    """Writes what the program makes of `source` beside it. The program inherits every limit of this process.

    Raises:
        ExtractionFailed: `broken`: the program could not read it.
    """
    converted = source.with_suffix(f".{converter.target}")
    profile = (source.parent / "profile").as_uri()
    commands: Mapping[Target, tuple[str, ...]] = {
        "docx": (
            *("--headless", "--norestore", "--nolockcheck", f"-env:UserInstallation={profile}"),
            *("--convert-to", "docx", "--outdir", str(source.parent), str(source)),
        ),
        "docbook": ("-x", "db", "-m", "UTF-8.txt", str(source)),
    }
    with converted.open("wb") as output:
        done = subprocess.run(  # noqa: S603  # the program was found on this machine, the arguments are fixed
            (converter.program, *commands[converter.target]),
            stdin=subprocess.DEVNULL,
            stdout=output if converter.target == "docbook" else subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=source.parent,
            env={"HOME": str(source.parent), "TMPDIR": str(source.parent), "PATH": _PATH, "LANG": "C.UTF-8"},
            check=False,
        )
    if done.returncode != 0 or converted.stat().st_size == 0:
        raise ExtractionFailed("broken", f"{Path(converter.program).name} ended with {done.returncode}")
    return converted
