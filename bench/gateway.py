"""The gateway's forwarding path against Node's `http-proxy`: throughput side by side, and the time it adds."""

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median

from bench.gateway_servers import token_and_jwks
from bench.registry import Bench, Figures
from bench.support.load import LoadResult, measure
from bench.support.peers import node_package
from bench.support.processes import python_module, running
from bench.support.report import print_table
from sandbox.ports import free_port

ROUNDS = 3
SECONDS = 4.0
CONNECTIONS = 64
RATE = 200.0
PATH = "/v1/deployments"
PEER = ("http-proxy", "1.18.1")
PEER_PROGRAM = """
const http = require("http");
const proxy = require("http-proxy").createProxyServer({
  target: process.argv[3], agent: new http.Agent({ keepAlive: true, maxSockets: 256 }), xfwd: true,
});
proxy.on("error", (_error, _request, response) => { response.writeHead(502); response.end(); });
http.createServer((request, response) => proxy.web(request, response)).listen(Number(process.argv[2]), "127.0.0.1");
"""
Ports = Mapping[str, int]


def run() -> Figures:
    """Runs all proxies alternately over one upstream and takes medians over the rounds."""
    token, jwks = token_and_jwks()
    with _servers(jwks) as ports:
        load = _rounds(
            ("http-proxy", "bare", "full"),
            lambda name: measure(ports[name], path=PATH, connections=CONNECTIONS, seconds=SECONDS, token=token),
        )
        paced = _rounds(
            ("upstream", "full", "http-proxy"),
            lambda name: measure(ports[name], path=PATH, connections=8, seconds=SECONDS, rate=RATE, token=token),
        )
        ceiling = measure(ports["upstream"], path=PATH, connections=CONNECTIONS, seconds=SECONDS, token=token)
    _print(load, paced, ceiling)
    rates = {name: [result.per_second for result in results] for name, results in load.items()}
    added = [full.p50_ms - direct.p50_ms for full, direct in zip(paced["full"], paced["upstream"], strict=True)]
    return {
        "bare_ratio": _ratio(rates["bare"], rates["http-proxy"]),
        "full_ratio": _ratio(rates["full"], rates["http-proxy"]),
        "added_p50_ms": median(added),
    }


def _rounds(names: tuple[str, ...], one: Callable[[str], LoadResult]) -> dict[str, list[LoadResult]]:
    results: dict[str, list[LoadResult]] = {name: [] for name in names}
    for name in names:
        one(name)  # warm-up
    for _ in range(ROUNDS):
        for name in names:
            results[name].append(one(name))
    return results


def _ratio(ours: list[float], theirs: list[float]) -> float:
    """The median over the rounds of the ratio within each round."""
    return median(our / their for our, their in zip(ours, theirs, strict=True))


@contextmanager
def _servers(jwks: str) -> Iterator[Ports]:
    peer = node_package(*PEER)
    program = peer / "proxy.js"
    program.write_text(PEER_PROGRAM)
    ports = {name: free_port() for name in ("upstream", "http-proxy", "bare", "full")}
    upstream = f"http://127.0.0.1:{ports['upstream']}"
    node = shutil.which("node") or "node"
    commands = {
        "upstream": python_module("bench.gateway_servers", "upstream", str(ports["upstream"]), jwks),
        "http-proxy": [node, str(program), str(ports["http-proxy"]), upstream],
        "bare": python_module("bench.gateway_servers", "bare", str(ports["bare"]), upstream),
        "full": python_module("bench.gateway_servers", "full", str(ports["full"]), upstream),
    }
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-gateway-")))
        for name, command in commands.items():
            stack.enter_context(running(command, ports[name], log=logs / f"{name}.log"))
        yield ports


def _print(load: dict[str, list[LoadResult]], paced: dict[str, list[LoadResult]], ceiling: LoadResult) -> None:
    print_table(
        f"1 KB GET, {CONNECTIONS} connections, {SECONDS:g} s a run, {ROUNDS} rounds alternating (medians)",
        ("proxy", "requests/s", "p50 ms", "p99 ms", "failed"),
        [_row(name, results) for name, results in load.items()],
    )
    print_table(
        f"1 KB GET at {RATE:g} requests/s (medians)",
        ("path", "requests/s", "p50 ms", "p99 ms", "failed"),
        [_row("direct" if name == "upstream" else name, results) for name, results in paced.items()],
    )
    print(f"The generator alone, straight at the upstream: {ceiling.per_second:,.0f} requests/s.")


def _row(name: str, results: list[LoadResult]) -> tuple[object, ...]:
    return (
        name,
        round(median(result.per_second for result in results)),
        median(result.p50_ms for result in results),
        median(result.p99_ms for result in results),
        sum(result.failed for result in results),
    )


BENCH = Bench(
    name="gateway",
    measures="forwarding 1 KB GETs against Node's http-proxy: bare_ratio, full_ratio (token check, ids, limits, log), "
    "added_p50_ms at 200 requests/s",
    run=run,
)
