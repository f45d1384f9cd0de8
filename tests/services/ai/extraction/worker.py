"""A worker that extracts a document by a converter that never ends: `python worker.py FOLDER`."""

import asyncio
import sys
from pathlib import Path

from services.ai.extraction.converters import Converter
from services.ai.extraction.extract import extract
from tests.services.ai.extraction.converting import hanging
from tests.services.ai.extraction.documents import old_word


async def main(folder: Path) -> None:
    document = folder / "document.doc"
    document.write_bytes(old_word())
    await extract(document, "application/msword", converter=Converter(str(hanging(folder)), "docbook"))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
