"""What can go wrong at AWS, and how the vendor's error codes map to it.

CloudError
├── CloudUnavailable     not reached, timed out, or a fault on AWS's side        retryable
├── Throttled            too many calls                                          retryable
├── CapacityUnavailable  AWS has no such machine free right now                  retryable
├── ResourceInUse        something that is about to go still uses it             retryable
├── QuotaExceeded        the account's quota is used up: an operator must raise it
├── AccessDenied         the platform's role may not do this: an operator must allow it
├── ResourceMissing      what the call needs does not exist
├── ResourceExists       the name is taken by something that is not ours
└── CallRejected         AWS found the call itself wrong
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import BotoCoreError, ClientError

from libs.adapters.aws import error_code, is_transient
from libs.adapters.errors import PortError


class CloudError(PortError):
    """A call to AWS failed. The vendor's words are the cause (`__cause__`), for logs and operators only.

    `aws_code` is AWS's name for the error, or empty when AWS was not reached.
    """

    status, code, title = 502, "cloud_failed", "The cloud did not do what we asked"
    default_detail = "We have been told and will look into it. Nothing you did caused this."
    aws_code: str = ""


class CloudUnavailable(CloudError):
    status, code, title = 503, "cloud_unavailable", "The cloud does not answer"
    default_detail = "We keep trying. Nothing needs to be done."
    retryable = True


class Throttled(CloudUnavailable):
    code, title = "cloud_throttled", "The cloud is busy"


class CapacityUnavailable(CloudUnavailable):
    code, title = "cloud_capacity_unavailable", "No machine of this size is free right now"


class ResourceInUse(CloudUnavailable):
    code, title = "cloud_resource_in_use", "A part of the stack is still in use"


class QuotaExceeded(CloudError):
    code, title = "cloud_quota_exceeded", "Our cloud account is full"
    default_detail = "Our team has to raise a limit."
    needs_operator = True


class AccessDenied(CloudError):
    code, title = "cloud_access_denied", "Our cloud account refused this"
    default_detail = "Our team has to correct a permission."
    needs_operator = True


class ResourceMissing(CloudError):
    code, title = "cloud_resource_missing", "A part of the stack is not where it should be"


class ResourceExists(CloudError):
    code, title = "cloud_resource_exists", "A name that the stack needs is taken"


class CallRejected(CloudError):
    code, title = "cloud_call_rejected", "The cloud refused a call of ours"


KINDS: Mapping[str, type[CloudError]] = {
    "AccessDenied": AccessDenied,
    "AccessDeniedException": AccessDenied,
    "AuthFailure": AccessDenied,
    "UnauthorizedOperation": AccessDenied,
    "403": AccessDenied,
    "InsufficientInstanceCapacity": CapacityUnavailable,
    "InsufficientDBInstanceCapacity": CapacityUnavailable,
    "Unsupported": CapacityUnavailable,
    "DependencyViolation": ResourceInUse,
    "DeleteConflict": ResourceInUse,
    "ResourceInUse": ResourceInUse,
    "ResourceInUseException": ResourceInUse,
    "InvalidGroup.InUse": ResourceInUse,
    "BucketNotEmpty": ResourceInUse,
    "PriorRequestNotComplete": ResourceInUse,
    "ConcurrentModification": ResourceInUse,
    "EntityTemporarilyUnmodifiable": ResourceInUse,
    "LimitExceeded": QuotaExceeded,
    "LimitExceededException": QuotaExceeded,
    "InstanceLimitExceeded": QuotaExceeded,
    "VcpuLimitExceeded": QuotaExceeded,
    "SecurityGroupLimitExceeded": QuotaExceeded,
    "TooManyBuckets": QuotaExceeded,
    "TooManyTargetGroups": QuotaExceeded,
    "TooManyRules": QuotaExceeded,
    "TooManyCertificates": QuotaExceeded,
    "InstanceQuotaExceeded": QuotaExceeded,
    "StorageQuotaExceeded": QuotaExceeded,
    "404": ResourceMissing,
    "InvalidAMIID.NotFound": ResourceMissing,
    "EntityAlreadyExists": ResourceExists,
    "BucketAlreadyExists": ResourceExists,
    "BucketAlreadyOwnedByYou": ResourceExists,
    "ResourceExistsException": ResourceExists,
    "PriorityInUse": ResourceExists,
}
THROTTLED = ("Throttl", "TooManyRequests", "RequestLimitExceeded", "SlowDown", "RequestThrottled")
MISSING = ("NotFound", "NotFoundException", "NotFoundFault", "NotFoundFound")
EXISTING = ("AlreadyExists", "AlreadyExistsException", "AlreadyExistsFault", "Duplicate", "DuplicateTargetGroupName")


@contextmanager
def cloud_errors() -> Iterator[None]:
    """Turns whatever the SDK raises within into the port's tree."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise translated(error) from error


def translated(error: ClientError | BotoCoreError) -> CloudError:
    """The port's error for one of the SDK's."""
    if not isinstance(error, ClientError):
        return (CloudUnavailable if is_transient(error) else CallRejected)()
    code = error_code(error)
    found = _kind(code, error)()
    found.aws_code = code
    return found


def _kind(code: str, error: ClientError) -> type[CloudError]:
    if code in KINDS:
        return KINDS[code]
    if code.startswith(THROTTLED):
        return Throttled
    if code.endswith(MISSING) or code.startswith("NoSuch"):
        return ResourceMissing
    if code.endswith(EXISTING):
        return ResourceExists
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    refused = {HTTPStatus.FORBIDDEN: AccessDenied, HTTPStatus.TOO_MANY_REQUESTS: Throttled}
    if status in refused:
        return refused[HTTPStatus(status)]
    return CloudUnavailable if is_transient(error) else CallRejected
