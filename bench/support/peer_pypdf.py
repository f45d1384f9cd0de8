"""The text of a PDF by pypdf, run by an interpreter that has it: `python peer_pypdf.py DOCUMENT`."""

import sys

from pypdf import PdfReader  # type: ignore[import-not-found]  # only the peer's interpreter has it

for page in PdfReader(sys.argv[1]).pages:
    print(page.extract_text())
