"""The cloud emulator as a program of its own, so that a test can kill it: `python -m ... HOME PORT`."""

import sys
from pathlib import Path

from sandbox.cloud.app import serve
from sandbox.cloud.settings import CloudSettings

if __name__ == "__main__":
    home = Path(sys.argv[1])
    serve(CloudSettings(home=home / "cloud", hosts=home / "hosts", port=int(sys.argv[2]), validation_wait=0))
