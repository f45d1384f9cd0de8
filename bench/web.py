"""The web app's production build in Chromium: Lighthouse's scores, first-load JavaScript, and how soon things show."""

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import urljoin

import httpx

from bench.registry import Bench, Figures
from bench.support.peers import node_package
from bench.support.report import print_table
from libs.common.ids import new_id
from sandbox.web.build import FRONTEND
from sandbox.web.node import node_environment
from tests.support.platform import PASSWORD, Owner, Platform
from tools.e2e import browser, platform_with_web

ROUNDS = 3
PAGES = {"landing": "/", "app": "/dashboard/"}
LIGHTHOUSE = ("lighthouse", "12.8.2")  # 13 needs Node 22.
PROGRAM = Path(__file__).parent / "support" / "browser_measures.mjs"
BROWSER_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
LIMIT_SECONDS = 180
Measured = Mapping[str, Any]


def run() -> Figures:
    """Measures the landing page, and the overview of somebody who is signed in, whose stack is built."""
    program = node_package(*LIGHTHOUSE) / "measures.mjs"
    program.write_text(PROGRAM.read_text())
    with platform_with_web(FRONTEND) as platform:
        web = platform.endpoints()["web"]
        owner = Owner.sign_up(platform)
        owner.stack_on("shared")
        audits: dict[str, list[Measured]] = {name: [] for name in PAGES}
        for _ in range(ROUNDS):
            for name, path in PAGES.items():
                cookie = _session(platform, "login", owner.email) if name == "app" else None
                audits[name].append(_measure(program, "audit", web + path, cookie))
        changes = _phase_changes(platform, program, web)
        interactions = [_interaction(platform, program, web, owner.email) for _ in range(ROUNDS)]
        scripts = {name: _first_load_kb(web + path) for name, path in PAGES.items()}
    _print(audits, changes, interactions)
    every = [audit for found in audits.values() for audit in found]
    return {
        **{f"{name}_performance": median(audit["performance"] for audit in found) for name, found in audits.items()},
        "accessibility": min(audit["accessibility"] for audit in every),
        "best_practices": min(audit["best_practices"] for audit in every),
        # The app's rooms are not for search engines.
        "seo": min(audit["seo"] for audit in audits["landing"]),
        **{f"{name}_js_kb": size for name, size in scripts.items()},
        "phase_change_ms": median(changes),
        "interaction_ms": median(interactions),
    }


def _measure(program: Path, measure: str, url: str, cookie: Measured | None) -> Measured:
    asked = {
        "measure": measure,
        "url": url,
        "cookie": cookie,
        "chromium": browser(),
        "arguments": BROWSER_ARGUMENTS,
    }
    done = subprocess.run(
        ["node", str(program), json.dumps(asked)],
        cwd=program.parent,
        env=node_environment(os.environ),
        capture_output=True,
        text=True,
        timeout=LIMIT_SECONDS,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{measure} of {url}: {done.stderr[-2000:]}")
    found: Measured = json.loads(done.stdout)
    return found


def _session(platform: Platform, call: str, email: str) -> Measured:
    """A session of its own for one browser, as the cookie that the browser keeps; each renewal replaces it."""
    body = {"email": email, "password": PASSWORD, "session": "cookie"}
    if call == "signup":
        body |= {"full_name": "Ada L", "company": "Bäcker & Söhne"}
    headers = {"Origin": platform.endpoints()["web"], "X-CSRF-Protection": "1"}
    response = httpx.post(f"{platform.url}/v1/auth/{call}", json=body, headers=headers, timeout=30)
    response.raise_for_status()
    return {
        "name": "stackpro_session",
        "value": response.cookies["stackpro_session"],
        "domain": "127.0.0.1",
        "path": "/v1/auth",
        "httpOnly": True,
        "sameSite": "Strict",
    }


def _phase_changes(platform: Platform, program: Path, web: str) -> Sequence[float]:
    """Milliseconds from each phase's end in the record, which is written at most a moment later, to the screen."""
    changes = []
    for _ in range(ROUNDS):
        email = f"owner-{new_id().hex}@example.com"
        cookie = _session(platform, "signup", email)
        shown = _measure(program, "phaseChanges", f"{web}/onboarding/", cookie)
        ended = _phase_ends(platform, email)
        for index, at in shown["done"].items():
            if ended[int(index)] > shown["since"]:
                changes.append(at - ended[int(index)])
    if not changes:
        raise RuntimeError("No phase changed while the page was open.")
    return changes


def _phase_ends(platform: Platform, email: str) -> list[float]:
    """When each phase ended, in milliseconds of the epoch."""
    login = httpx.post(f"{platform.url}/v1/auth/login", json={"email": email, "password": PASSWORD}, timeout=30)
    headers = {"Authorization": f"Bearer {login.json()['access_token']}"}
    listed = httpx.get(f"{platform.url}/v1/deployments", headers=headers, timeout=30).json()["items"]
    one = httpx.get(f"{platform.url}/v1/deployments/{listed[0]['id']}", headers=headers, timeout=30).json()
    return [datetime.fromisoformat(phase["finished_at"]).timestamp() * 1000 for phase in one["phases"]]


def _interaction(platform: Platform, program: Path, web: str, email: str) -> float:
    cookie = _session(platform, "login", email)
    return float(_measure(program, "interactions", f"{web}/dashboard/", cookie)["longest_ms"])


def _first_load_kb(url: str) -> float:
    """Kilobytes (1,000 bytes) in brotli of the scripts that the page names, as browsers with modules load them."""
    with httpx.Client(headers={"Accept-Encoding": "br"}, timeout=30) as client:
        # The page itself is asked for as it is: there is no reader of brotli here.
        page = client.get(url, headers={"Accept-Encoding": "identity"}).text
        tags = [tag for tag in re.findall(r"<script\b[^>]*\bsrc=[^>]*>", page) if "nomodule" not in tag.lower()]
        sources = {urljoin(url, found[1]) for tag in tags if (found := re.search(r'src="([^"]+)"', tag))}
        return sum(int(client.head(source).headers["Content-Length"]) for source in sources) / 1000


def _print(audits: Mapping[str, list[Measured]], changes: Sequence[float], interactions: Sequence[float]) -> None:
    columns = ("performance", "largest_paint_ms", "blocking_ms", "shift", "accessibility", "best_practices", "seo")
    rows = [
        (f"{name} {n + 1}", *(audit[c] for c in columns))
        for name, all_ in audits.items()
        for n, audit in enumerate(all_)
    ]
    print_table("Lighthouse, mobile preset, simulated throttling", ("page", *columns), rows)
    for fault in sorted(
        {f"{name}: {fault}" for name, all_ in audits.items() for audit in all_ for fault in audit["faults"]}
    ):
        print(fault)
    print(f"Milliseconds until a phase change is on the screen: {_listed(sorted(changes))}")
    print(f"Longest interaction of each walk on a CPU slowed down four times, ms: {_listed(interactions)}")


def _listed(figures: Sequence[float]) -> str:
    return ", ".join(f"{each:.0f}" for each in figures)


BENCH = Bench(
    name="web",
    measures="the web app in Chromium: landing_performance, app_performance, accessibility, best_practices, seo by "
    "Lighthouse's mobile preset, landing_js_kb and app_js_kb of first-load JavaScript in brotli, phase_change_ms from "
    "the record to the screen, interaction_ms from press to paint",
    run=run,
)
