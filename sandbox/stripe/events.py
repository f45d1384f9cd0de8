"""Events and the one webhook endpoint over the API (https://docs.stripe.com/api/events)."""

from sandbox.stripe.call import Call
from sandbox.stripe.deliveries import pending_condition
from sandbox.stripe.errors import InvalidRequest, Missing, Unsupported
from sandbox.stripe.listing import Conditions, list_objects
from sandbox.stripe.wire import API_VERSION, StripeObject, list_object

_TYPE = "json_extract(body, '$.type')"
_MAXIMUM_TYPES = 20
ENDPOINT_ID = "we_sandbox"


def retrieve_event(call: Call) -> StripeObject:
    return call.tx.get("event", call.ids[0])


def list_events(call: Call) -> StripeObject:
    params = call.params
    where: Conditions = []
    types = params.texts("types")
    if types and "type" in params:
        raise InvalidRequest("You may only specify one of these parameters: type, types.")
    if len(types) > _MAXIMUM_TYPES:
        raise InvalidRequest(f"You may list at most {_MAXIMUM_TYPES} types.", param="types")
    if types:
        where.append((f"{_TYPE} IN ({', '.join('?' for _ in types)})", tuple(types)))
    if (wanted := params.text("type")) is not None:
        where.append((f"{_TYPE} GLOB ?", (_without_patterns(wanted),)))
    if (succeeded := params.boolean("delivery_success")) is not None:
        where.append((pending_condition(pending=not succeeded), ()))
    return list_objects(call, "event", url="/v1/events", where=where)


def retrieve_endpoint(call: Call) -> StripeObject:
    if call.ids[0] != ENDPOINT_ID:
        raise Missing("webhook_endpoint", call.ids[0])
    return _endpoint(call)


def list_endpoints(call: Call) -> StripeObject:
    return list_object("/v1/webhook_endpoints", [_endpoint(call)])


def refuse_endpoint(call: Call) -> StripeObject:
    """The sandbox has one endpoint, given by its settings."""
    raise Unsupported("changes of webhook endpoints: it has one, given by its settings")


def _endpoint(call: Call) -> StripeObject:
    """The secret is never shown again, as at Stripe."""
    return {
        "id": ENDPOINT_ID,
        "object": "webhook_endpoint",
        "api_version": API_VERSION,
        "application": None,
        "created": 0,
        "description": "The endpoint in the sandbox's settings",
        "enabled_events": ["*"],
        "livemode": False,
        "metadata": {},
        "status": "enabled",
        "url": call.settings.webhook_url,
    }


def _without_patterns(event_type: str) -> str:
    """Only `*` at the end of a type, such as `invoice.*`, stands for anything."""
    return "".join(f"[{c}]" if c in "?[" else c for c in event_type)
