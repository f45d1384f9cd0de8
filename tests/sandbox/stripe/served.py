"""The sandbox as a process of its own, to be killed; its arguments are PORT, FOLDER and WEBHOOK_URL."""

import sys
from pathlib import Path

import uvicorn

from libs.common.clock import SystemClock
from sandbox.stripe.app import create_app
from sandbox.stripe.settings import StripeSandboxSettings
from tests.sandbox.stripe.world import API_KEY, SECRET

if __name__ == "__main__":
    port, folder, webhook_url = sys.argv[1:]
    settings = StripeSandboxSettings(
        database=Path(folder) / "stripe.sqlite3",
        api_key=API_KEY,
        webhook_secret=SECRET,
        webhook_url=webhook_url,
        base_url=f"http://127.0.0.1:{port}",
        clock=SystemClock(),
    )
    uvicorn.run(create_app(settings), port=int(port), log_level="error")
