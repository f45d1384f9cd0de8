"""How long a business waits: from sign-up to a healthy trial stack, and from payment to a healthy dedicated one."""

import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

from bench.registry import Bench, Figures
from tests.support.platform import Owner, Platform

ROUNDS = 3


def run() -> Figures:
    """The main job several times on one sandbox; medians."""
    folder = Path(tempfile.mkdtemp(prefix="stackpro-bench-"))
    platform = Platform(folder / "home")
    trials, conversions = [], []
    try:
        platform.start()
        for _ in range(ROUNDS):
            began = time.monotonic()
            owner = Owner.sign_up(platform)
            owner.stack_on("shared", seconds=120)
            trials.append(time.monotonic() - began)
            url = owner.check_out()
            began = time.monotonic()
            owner.pay(url)
            owner.stack_on("dedicated", seconds=240)
            conversions.append(time.monotonic() - began)
            print(f"trial {trials[-1]:.1f} s, conversion {conversions[-1]:.1f} s")
    finally:
        platform.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return {"trial_s": median(trials), "conversion_s": median(conversions)}


BENCH = Bench(
    name="main-job",
    measures="sign-up to a healthy trial stack, payment to a healthy dedicated stack",
    run=run,
)
