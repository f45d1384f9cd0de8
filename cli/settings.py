"""What the command reads from the environment."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from sandbox.home import Home


class CliSettings(BaseSettings):
    """Where the sandbox is."""

    model_config = SettingsConfigDict(env_prefix="STACKPRO_", extra="ignore", frozen=True)

    home: Path = Field(default=Path(".stackpro"), description="The folder with all state of the sandbox.")
    port: int = Field(default=8000, ge=1, le=65535, description="The gateway's port on 127.0.0.1.")
    web_port: int = Field(default=3000, ge=1, le=65535, description="The web app's port on 127.0.0.1.")

    frontend: Path | None = Field(default=None, description="The web app's folder, if not `frontend` of this clone.")

    def open_home(self) -> Home:
        return Home(self.home)
