"""The instances of the emulated cloud as a stream of changes: a long poll that costs nothing while nothing happens."""

import base64
import binascii
import http.client
import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.provisioner.cloud.user_data import AgentBootstrap, parse_user_data

ANSWER_SECONDS = 10.0


class FeedBroken(Exception):
    """The emulated cloud does not answer, or was restarted; ask again in a moment."""


@dataclass(frozen=True, slots=True)
class InstanceState:
    """One instance; `bootstrap` is null where its user data names no agent."""

    id: str
    state: str
    bootstrap: AgentBootstrap | None


class InstanceFeed:
    """One question at a time: `ask`, wait until `fileno()` is readable, `read`."""

    def __init__(self, cloud_url: str) -> None:
        self._address = urlsplit(cloud_url).netloc
        self._connection: http.client.HTTPConnection | None = None
        self._version: int | None = None

    @property
    def asked(self) -> bool:
        return self._connection is not None

    def fileno(self) -> int:
        if self._connection is None or self._connection.sock is None:
            raise FeedBroken
        return int(self._connection.sock.fileno())

    def ask(self) -> None:
        """The first answer comes at once, each later one when something changed. Raises FeedBroken."""
        connection = http.client.HTTPConnection(self._address, timeout=ANSWER_SECONDS)
        since = "" if self._version is None else f"?since={self._version}"
        try:
            connection.request("GET", f"/_sandbox/instances{since}")
        except OSError as error:
            connection.close()
            raise FeedBroken from error
        self._connection = connection

    def read(self) -> list[InstanceState]:
        """Every instance there is. Raises FeedBroken."""
        connection = self._connection
        if connection is None:
            raise FeedBroken
        try:
            values = json.loads(connection.getresponse().read())
            self._version = int(values["version"])
            return [
                InstanceState(each["id"], each["state"], bootstrap_of(each["user_data"]))
                for each in values["instances"]
            ]
        except (OSError, http.client.HTTPException, ValueError, KeyError) as error:
            raise FeedBroken from error
        finally:
            self.drop()

    def drop(self) -> None:
        """Forgets the question that is open."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def bootstrap_of(user_data: str) -> AgentBootstrap | None:
    """The agent's bootstrap in an instance's user data (base64, as the API keeps it)."""
    try:
        return parse_user_data(base64.b64decode(user_data, validate=True).decode())
    except (binascii.Error, ValueError):
        return None
