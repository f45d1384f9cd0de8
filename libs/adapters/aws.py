"""What the AWS forms of all ports share: clients made once per process, and the reading of AWS errors."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import cache
from typing import Any

import aioboto3
from aiobotocore.config import AioConfig
from aiobotocore.session import AioSession
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
)
from botocore.exceptions import (
    ConnectionError as BotoConnectionError,
)
from pydantic import SecretStr

from libs.adapters.aws_settings import AwsSettings
from libs.adapters.errors import PortError

TRANSIENT_CODES = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServiceError",
        "KMSInternalException",
        "LimitExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)


@cache
def _session() -> aioboto3.Session:
    """One for all clients: it finds the role's credentials once, and keeps the large descriptions of AWS's services.

    Whoever forks reads those before.
    """
    return aioboto3.Session(botocore_session=AioSession())


def aws_client(
    service: str,
    settings: AwsSettings,
    *,
    read_timeout: float | None = None,
    max_connections: int | None = None,
    s3: Mapping[str, Any] | None = None,
) -> AbstractAsyncContextManager[Any]:
    """A client for one AWS service; open it once per process, since making one takes tens of milliseconds.

    The caller names the client's type (`client: SQSClient = ...`), which the library cannot. A call beyond
    `max_connections` (10 if not given) waits for another to end.
    """
    config = AioConfig(
        connect_timeout=settings.connect_timeout,
        read_timeout=read_timeout or settings.read_timeout,
        max_pool_connections=max_connections or 10,
        retries={"total_max_attempts": settings.max_attempts, "mode": "standard"},
        signature_version="s3v4" if s3 is not None else None,
        s3=dict(s3) if s3 is not None else None,
        # Without these, boto adds a CRC32 to presigned uploads that a browser cannot compute.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return _session().client(
        service,
        region_name=settings.region,
        aws_access_key_id=_value(settings.access_key_id),
        aws_secret_access_key=_value(settings.secret_access_key),
        endpoint_url=settings.endpoint_url,
        config=config,
    )


def _value(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()


def error_code(error: ClientError) -> str:
    """AWS's own name for the error, such as `ResourceNotFoundException`."""
    return str(error.response.get("Error", {}).get("Code", ""))


def is_transient(error: BotoCoreError | ClientError) -> bool:
    """Whether the same call may succeed later: throttled, a fault on AWS's side, or not reached at all."""
    if isinstance(error, ClientError):
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return error_code(error) in TRANSIENT_CODES or status >= 500
    return isinstance(error, BotoConnectionError | HTTPClientError)


@contextmanager
def aws_errors(
    known: Mapping[str, type[PortError]], *, unavailable: type[PortError], failed: type[PortError]
) -> Iterator[None]:
    """Turns an AWS error into the port's own: by its code in `known`, else `unavailable` or `failed`."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        if isinstance(error, ClientError) and error_code(error) in known:
            raise known[error_code(error)]() from error
        raise (unavailable if is_transient(error) else failed)() from error
