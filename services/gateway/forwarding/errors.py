"""What can go wrong between the gateway and a service.

Problem
├── BadAnswer 502
├── Unavailable 503 ── ServiceDown, NoFreeConnection
├── AnswerTooLate 504
└── RequestTimeout 408 (libs.common.middleware.deadlines)
UpstreamFault      inside the connection only; the forwarder turns it into one of the above
├── ConnectionLost
├── Malformed
└── TooLate
"""

from libs.common.problems import Problem, Unavailable

RETRY_AFTER_SECONDS = "2"


class BadAnswer(Problem):
    status, code, title = 502, "bad_gateway", "The service broke off its answer"
    default_detail = "Read the present state before you send a write again."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": RETRY_AFTER_SECONDS})


class AnswerTooLate(Problem):
    status, code, title = 504, "gateway_timeout", "The service did not answer in time"
    default_detail = "Read the present state before you send a write again."

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": RETRY_AFTER_SECONDS})


class ServiceDown(Unavailable):
    code = "service_unavailable"
    default_detail = "A part of the platform is not reachable. Nothing was changed; try again in a moment."


class NoFreeConnection(Unavailable):
    code = "service_busy"
    default_detail = "A part of the platform is busy. Nothing was changed; try again in a moment."


class UpstreamFault(Exception):
    """The exchange with the service failed."""


class ConnectionLost(UpstreamFault):
    """The service closed the connection before the end of its answer."""


class Malformed(UpstreamFault):
    """What the service sent is not an HTTP/1.1 answer to this request."""


class TooLate(UpstreamFault):
    """The service was silent for longer than it may be."""
