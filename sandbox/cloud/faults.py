"""Faults that tests ask for at the port: an AWS call that fails, is throttled, hangs, or fails after its effect."""

import json
import threading
from dataclasses import asdict, dataclass
from typing import Literal
from xml.sax.saxutils import escape

from sandbox.cloud.calls import Action, Protocol

Mode = Literal["fail_once", "fail_always", "fail_after_effect", "hang", "throttle"]
MODES: tuple[Mode, ...] = ("fail_once", "fail_always", "fail_after_effect", "hang", "throttle")
XML_ERROR = "<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
BODIES: dict[Protocol, str] = {
    "ec2": "<Response><Errors>" + XML_ERROR + "</Errors><RequestID>fault</RequestID></Response>",
    "query": "<ErrorResponse>" + XML_ERROR + "<RequestId>fault</RequestId></ErrorResponse>",
    "rest-xml": "<ErrorResponse>" + XML_ERROR + "<RequestId>fault</RequestId></ErrorResponse>",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP answer; header names as sent."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(slots=True)
class Fault:
    """Strikes calls of `action` (`CreateRole`, `iam:CreateRole` or `*`) whose path or body contains `match`.

    `times` counts down; None strikes for ever. `seconds` is how long a hanging call hangs unless it is lifted.
    """

    action: str
    mode: Mode
    times: int | None
    code: str
    status: int
    match: str = ""
    seconds: float = 60.0
    struck: int = 0

    def strikes(self, action: Action, text: str) -> bool:
        spent = self.times is not None and self.struck >= self.times
        named = self.action in ("*", action.name, f"{action.service}:{action.name}")
        return named and not spent and self.match in text

    @property
    def after_effect(self) -> bool:
        return self.mode == "fail_after_effect"


class Faults:
    """The faults in force. Thread-safe; lifting them releases the calls that hang."""

    def __init__(self, *, hang_seconds: float) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._lifted = threading.Event()
        self._hang_seconds = hang_seconds

    def add(self, values: dict[str, object]) -> dict[str, object]:
        """Takes `{action, mode, times?, code?, status?, match?, seconds?}`. Raises ValueError with a sentence."""
        fault = _read_fault(values, hang_seconds=self._hang_seconds)
        with self._lock:
            self._faults.append(fault)
        return asdict(fault)

    def lift(self) -> None:
        with self._lock:
            self._faults.clear()
            lifted, self._lifted = self._lifted, threading.Event()
        lifted.set()

    def listed(self) -> list[dict[str, object]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, action: Action, text: str) -> Fault | None:
        """The fault that this call meets, counted as struck."""
        with self._lock:
            for fault in self._faults:
                if fault.strikes(action, text):
                    fault.struck += 1
                    return fault
        return None

    def hang(self, fault: Fault) -> None:
        """Returns when the fault's time is over or the faults were lifted."""
        with self._lock:
            lifted = self._lifted
        lifted.wait(fault.seconds)


def error_answer(action: Action, *, code: str, status: int, message: str) -> Answer:
    """An error as the service's protocol writes it (AWS, "Common error types"; Smithy's protocol pages)."""
    template = BODIES.get(action.protocol)
    if action.service == "s3":
        template = "<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    if template is None:
        body = json.dumps({"__type": code, "message": message}).encode()
        return Answer(status, (("Content-Type", "application/json"), ("x-amzn-ErrorType", code)), body)
    text = template.format(code=escape(code), message=escape(message))
    return Answer(status, (("Content-Type", "text/xml"),), text.encode())


def _read_fault(values: dict[str, object], *, hang_seconds: float) -> Fault:
    mode = next((mode for mode in MODES if mode == values.get("mode")), None)
    if mode is None:
        raise ValueError(f"mode must be one of {', '.join(MODES)}")
    action = values.get("action")
    if not isinstance(action, str) or not action:
        raise ValueError("action must be an action's name, such as RunInstances, or *")
    once = mode in ("fail_once", "fail_after_effect", "hang")
    times = values.get("times", 1 if once else None)
    if times is not None and (not isinstance(times, int) or times < 1):
        raise ValueError("times must be a whole number above 0, or null for ever")
    throttled = mode == "throttle"
    status, seconds = values.get("status", 400 if throttled else 500), values.get("seconds", hang_seconds)
    if not isinstance(status, int) or not isinstance(seconds, int | float):
        raise ValueError("status and seconds must be numbers")
    return Fault(
        action=action,
        mode=mode,
        times=times,
        code=str(values.get("code", "Throttling" if throttled else "InternalFailure")),
        status=status,
        match=str(values.get("match", "")),
        seconds=float(seconds),
    )
