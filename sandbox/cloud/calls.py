"""One HTTP call to AWS as a value, and what it means: which service, which action, and whether it changes anything."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal
from urllib.parse import parse_qs, parse_qsl

import botocore.session

Protocol = Literal["ec2", "query", "json", "rest-json", "rest-xml"]

ENVIRON_KEYS = (
    "REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "REQUEST_URI", "RAW_URI", "SERVER_NAME", "SERVER_PORT",
    "SERVER_PROTOCOL", "CONTENT_TYPE", "HTTP_HOST", "HTTP_AUTHORIZATION", "HTTP_CONTENT_MD5",
)  # fmt: skip
READING = (
    "Describe", "Get", "List", "Head", "Lookup", "Test", "Simulate", "Search", "Query", "Scan", "BatchGet", "Download",
)  # fmt: skip
READING_ACTIONS = frozenset(
    {"Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateRandom", "GenerateMac", "Sign", "Verify",
     "VerifyMac", "AssumeRole", "DecodeAuthorizationMessage"}
)  # fmt: skip
REST_MODELS = {"s3": ("s3",), "route53": ("route53",), "ses": ("sesv2", "ses"), "cloudfront": ("cloudfront",)}
"""By the name in the credential scope: the service models whose paths are looked through."""
PROTOCOLS: Mapping[str, Protocol] = {
    "ec2": "ec2", "s3": "rest-xml", "route53": "rest-xml", "cloudfront": "rest-xml", "ses": "rest-json",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """What a call asks for. `service` is the name in the credential scope (`elasticloadbalancing`, `ses`)."""

    service: str
    name: str
    protocol: Protocol

    @property
    def changes(self) -> bool:
        """Unknown actions count as changing: a needless line in the journal is harmless, a missing one is not."""
        return not self.name.startswith(READING) and self.name not in READING_ACTIONS


@dataclass(frozen=True, slots=True)
class Call:
    """A request as the emulator takes it: the strings of its WSGI environment that matter, and its body."""

    environ: Mapping[str, str]
    body: bytes

    @classmethod
    def of(cls, environ: Mapping[str, object], body: bytes) -> "Call":
        kept = {
            key: value
            for key, value in environ.items()
            if isinstance(value, str) and (key in ENVIRON_KEYS or key.startswith("HTTP_X_AMZ"))
        }
        return cls(kept, body)

    def action(self) -> Action:
        """The action by its protocol: the `Action` parameter, the target header, or the method and path."""
        service = self._service()
        target = self.environ.get("HTTP_X_AMZ_TARGET", "")
        if target:
            return Action(service, target.rpartition(".")[2], "json")
        name = self.parameters().get("Action")
        if name:
            return Action(service, name, "ec2" if service == "ec2" else "query")
        found = self._rest_action(service)
        return Action(service, found, PROTOCOLS.get(service, "rest-json"))

    def parameters(self) -> dict[str, str]:
        """The parameters of a form or of the query string; the first of each name."""
        if self.environ.get("CONTENT_TYPE", "").startswith("application/x-www-form-urlencoded"):
            return _first_values(self.body.decode("utf-8", "replace"))
        return _first_values(self.environ.get("QUERY_STRING", ""))

    def document(self) -> dict[str, object]:
        """The body as a JSON object; empty when it is none."""
        try:
            loaded = json.loads(self.body)
        except ValueError:
            return {}
        return loaded if isinstance(loaded, dict) else {}

    def region(self) -> str:
        """The region of the signature; us-east-1 for an unsigned call."""
        return self._scope()[0]

    def _service(self) -> str:
        return self._scope()[1]

    def _scope(self) -> tuple[str, str]:
        found = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", self.environ.get("HTTP_AUTHORIZATION", ""))
        return (found[1], found[2].lower()) if found else ("us-east-1", "s3")

    def _rest_action(self, service: str) -> str:
        method, path = self.environ["REQUEST_METHOD"], self.environ.get("PATH_INFO", "/")
        given = {key for key, _ in parse_qsl(self.environ.get("QUERY_STRING", ""), keep_blank_values=True)}
        for rule in _rest_rules(service):
            if rule.method == method and rule.query <= given and rule.path.fullmatch(path):
                return rule.action
        return f"{method.title()}Unknown"


@dataclass(frozen=True, slots=True)
class RestRule:
    method: str
    path: re.Pattern[str]
    query: frozenset[str]
    action: str


@cache
def _rest_rules(service: str) -> tuple[RestRule, ...]:
    """How the vendor's service model maps methods and paths to actions, the most particular ones first."""
    session = botocore.session.get_session()
    rules: list[RestRule] = []
    for name in REST_MODELS.get(service, ()):
        model = session.get_service_model(name)
        for operation in model.operation_names:
            http = model.operation_model(operation).http
            if http.get("requestUri", "/") != "/" or name == "s3":
                rules.append(_rest_rule(str(http["method"]), str(http["requestUri"]), str(operation)))
    return tuple(sorted(rules, key=lambda rule: (-len(rule.query), _wildness(rule.path), -len(rule.path.pattern))))


def _rest_rule(method: str, uri: str, action: str) -> RestRule:
    path, _, query = uri.partition("?")
    pattern = "".join(_path_part(part) for part in re.split(r"(\{[^}]+\})", path.rstrip("/")))
    keys = frozenset(key for key in parse_qs(query, keep_blank_values=True) if key != "x-id")
    return RestRule(method, re.compile(pattern + "/?"), keys, action)


def _path_part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    return ".+" if part.endswith("+}") else "[^/]+"


def _wildness(pattern: re.Pattern[str]) -> int:
    return pattern.pattern.count(".+") * 10 + pattern.pattern.count("[^/]+")


def _first_values(text: str) -> dict[str, str]:
    return {key: values[0] for key, values in parse_qs(text, keep_blank_values=True).items()}
