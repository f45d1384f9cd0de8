"""What crosses the wire about tickets."""

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict

EXAMPLE: JsonDict = {"ticket": "kR0c2m7Yt1qL5nXw8uZbVfHs3dJpEa9GiOoT6rNyQxM", "expires_in": 30}


class TicketAnswer(BaseModel):
    """Opens one socket: `GET /v1/realtime?ticket=…`, within `expires_in` seconds."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    ticket: str
    expires_in: int
