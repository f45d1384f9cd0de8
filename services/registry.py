"""The services that have a database and a worker, by name. Each is imported only when it is asked for."""

from importlib import import_module
from typing import Any

from libs.common.service import Service

NAMES = ("auth", "billing", "provisioner", "messaging", "ai")


def load_service(name: str) -> Service[Any, Any]:
    """The service as data; its settings and context are its own affair.

    Raises:
        LookupError: there is no such service.
    """
    if name not in NAMES:
        raise LookupError(name)
    service: Service[Any, Any] = import_module(f"services.{name}.app").SERVICE
    return service
