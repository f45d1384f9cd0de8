"""The API's front: key, version, parameters, idempotency, one transaction, Stripe's envelope."""

import base64
import binascii
import hmac
import json
import sqlite3
from http import HTTPStatus

import structlog
from starlette.requests import Request
from starlette.responses import Response

from sandbox.stripe.bodies import read_body
from sandbox.stripe.call import Call, Handler
from sandbox.stripe.errors import InvalidRequest, SandboxFault, StripeError, Unauthorized, Unsupported
from sandbox.stripe.expansion import expand
from sandbox.stripe.idempotency import Answer, KeysInFlight, fingerprint_of, recall, remember
from sandbox.stripe.ids import new_stripe_id
from sandbox.stripe.params import Params
from sandbox.stripe.routes import find_handler
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store
from sandbox.stripe.transaction import Origin
from sandbox.stripe.wire import API_VERSION, FormValue, decode_form, public

_MAXIMUM_BODY = 1024 * 1024
_FORM = "application/x-www-form-urlencoded"

logger = structlog.get_logger()


class Api:
    """Answers everything under `/v1`."""

    def __init__(self, settings: StripeSandboxSettings, store: Store) -> None:
        self._settings = settings
        self._store = store
        self._in_flight = KeysInFlight()

    async def handle(self, request: Request) -> Response:
        """Every outcome is a JSON answer of Stripe's; errors are `{"error": {...}}`."""
        request_id = new_stripe_id("request")
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        try:
            _authenticate(request, self._settings.api_key)
            _check_version(request)
            with self._in_flight.hold(key):
                values = await _read_values(request)
                answer = self._answer(request, values, Origin(request_id, key))
        except StripeError as error:
            answer = self._render(error, request_id)
        except sqlite3.Error as error:
            logger.error("stripe_sandbox.database_failed", error=str(error), request_id=request_id)
            answer = self._render(SandboxFault(f"The sandbox cannot use its database: {error}."), request_id)
        return _response(answer, request_id=request_id, key=key)

    def _answer(self, request: Request, values: dict[str, FormValue], origin: Origin) -> Answer:
        handler, ids = find_handler(request.method, request.url.path)
        fingerprint = fingerprint_of(request.method, request.url.path, values)
        with self._store.transaction(now=self._settings.now(), origin=origin) as tx:
            key = origin.idempotency_key
            known = recall(tx, key, fingerprint) if key else None
            if known:
                return known
            call = Call(tx=tx, params=Params(values), ids=ids, settings=self._settings)
            answer = self._run(handler, call, origin.request_id or "")
            if key:
                remember(tx, key, fingerprint, answer)
            return answer

    def _run(self, handler: Handler, call: Call, request_id: str) -> Answer:
        paths = call.params.texts("expand")
        try:
            thing = handler(call)
            call.params.refuse_unread()
            expand(call.tx, thing, paths)
        except StripeError as error:
            if not error.keeps_changes:
                raise
            return self._render(error, request_id)
        return Answer(status=HTTPStatus.OK, body=_encode(public(thing)), request_id=request_id)

    def _render(self, error: StripeError, request_id: str) -> Answer:
        envelope = error.envelope(request_id=request_id, base_url=self._settings.base_url)
        return Answer(status=error.status, body=_encode(envelope), request_id=request_id)


def _response(answer: Answer, *, request_id: str, key: str | None) -> Response:
    headers = {"Request-Id": request_id, "Stripe-Version": API_VERSION, "Cache-Control": "no-store"}
    if key:
        headers["Idempotency-Key"] = key
        headers["Original-Request"] = answer.request_id
    if answer.request_id != request_id:
        headers["Idempotent-Replayed"] = "true"
    return Response(answer.body, status_code=answer.status, headers=headers, media_type="application/json")


def _encode(thing: object) -> bytes:
    return json.dumps(thing, indent=2).encode()


def _authenticate(request: Request, api_key: str) -> None:
    scheme, _, credentials = request.headers.get("authorization", "").partition(" ")
    sent = credentials.strip()
    if scheme.lower() == "basic":
        try:
            sent = base64.b64decode(sent, validate=True).decode().partition(":")[0]
        except (binascii.Error, UnicodeDecodeError):
            sent = ""
    if not sent:
        raise Unauthorized(
            "You did not provide an API key. Send the sandbox's key in the Authorization header,"
            " as 'Authorization: Bearer YOUR_SECRET_KEY'."
        )
    if not hmac.compare_digest(sent.encode(), api_key.encode()):
        raise Unauthorized(f"Invalid API Key provided: {sent[:8]}***{sent[-4:] if len(sent) > 16 else ''}")


def _check_version(request: Request) -> None:
    version = request.headers.get("stripe-version", API_VERSION)
    if version != API_VERSION:
        raise Unsupported(f"the API version {version[:40]}: it speaks {API_VERSION}")


async def _read_values(request: Request) -> dict[str, FormValue]:
    """Parameters of the query and of the form in the body."""
    body = await read_body(request, limit=_MAXIMUM_BODY)
    media_type = request.headers.get("content-type", _FORM).partition(";")[0].strip().lower()
    if body and media_type != _FORM:
        raise InvalidRequest(f"Send parameters as {_FORM}, not as {media_type}.", status=415)
    try:
        parts = [request.url.query, body.decode()]
    except UnicodeDecodeError:
        raise InvalidRequest("The body is not UTF-8.") from None
    try:
        return decode_form("&".join(part for part in parts if part))
    except ValueError:
        raise InvalidRequest("Too many parameters.") from None
