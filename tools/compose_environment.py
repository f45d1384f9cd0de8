"""Prints the secrets that `docker-compose.yml` asks for, made anew: `python -m tools.compose_environment > .env`."""

import json
import secrets
import sys
from collections.abc import Mapping

from libs.common.security.jose import new_private_key, public_pem
from sandbox.credentials import master_key, webhook_secret

CALLERS = ("gateway", "auth", "billing", "provisioner", "messaging", "ai", "cli")
DATABASES = ("auth", "billing", "provisioner", "messaging", "ai", "bus")
PASSWORDS = (
    "POSTGRES_PASSWORD",
    *(f"{name}_{role}_PASSWORD".upper() for name in DATABASES for role in ("owner", "app", "system")),
    "VALKEY_PASSWORD",
    "MAILBOX_SECRET",
    "OBJECTS_SIGNING_KEY",
    "CURSOR_KEY",
    "REFRESH_KEY",
    "HOST_TOKEN_KEY",
    "METRICS_TOKEN",
)
HEAD = "# Secrets of one installation by docker-compose.yml: out of version control, and readable by you only."


def new_environment() -> dict[str, str]:
    """Every variable that the compose file requires and that can be made up; 256 random bits each."""
    keys = {name: new_private_key() for name in CALLERS}
    public = json.dumps({name: public_pem(key) for name, key in keys.items()})
    return (
        {name: secrets.token_hex(32) for name in PASSWORDS}
        | {"KEYS_MASTER_KEY": master_key()}
        | {"STRIPE_API_KEY": f"sk_test_{secrets.token_hex(16)}", "STRIPE_WEBHOOK_SECRET": webhook_secret()}
        | {f"{name}_PRIVATE_KEY".upper(): key for name, key in keys.items()}
        | {"SERVICE_PUBLIC_KEYS": public}
    )


def as_env_file(environment: Mapping[str, str]) -> str:
    """The variables as a file for Compose; in single quotes nothing is replaced, and lines may break."""
    return "\n".join((HEAD, *(f"{name}='{value}'" for name, value in environment.items()), ""))


if __name__ == "__main__":
    sys.stdout.write(as_env_file(new_environment()))
