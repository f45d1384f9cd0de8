"""Looks at a stack as a visitor would: over the public name, through the load balancer."""

from dataclasses import dataclass

import aiohttp

TIMEOUT = aiohttp.ClientTimeout(total=10, sock_connect=3)
LARGEST_PAGE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Seen:
    """What came back: a status and the beginning of the page; or no status and why nobody answered."""

    status: int | None
    text: str

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 400


class Probe:
    """With `edge_address` (`127.0.0.1:8443`) every name is asked for there, by its Host header; else by real DNS."""

    def __init__(self, session: aiohttp.ClientSession, *, scheme: str, edge_address: str | None) -> None:
        self._session = session
        self._scheme = scheme
        self._edge_address = edge_address

    async def get(self, hostname: str, path: str) -> Seen:
        """Never raises for what is wrong outside: that is what it is there to find."""
        scheme = self._scheme if self._edge_address is None else "http"
        url = f"{scheme}://{self._edge_address or hostname}{path}"
        try:
            async with self._session.get(
                url, headers={"Host": hostname}, allow_redirects=False, timeout=TIMEOUT
            ) as answer:
                body = await answer.content.read(LARGEST_PAGE)
                return Seen(answer.status, body.decode(answer.charset or "utf-8", "replace"))
        except (aiohttp.ClientError, OSError, TimeoutError, LookupError) as error:
            return Seen(None, f"{type(error).__name__}: {error}")
