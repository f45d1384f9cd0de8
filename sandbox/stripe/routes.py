"""Every endpoint of the API that the sandbox knows, as data."""

import re

from sandbox.stripe import catalogue, checkout, customers, events, invoices_api, payments
from sandbox.stripe import payment_methods as methods
from sandbox.stripe import subscriptions_api as subscriptions
from sandbox.stripe.call import Handler
from sandbox.stripe.errors import Unsupported

_ENDPOINTS: dict[str, Handler] = {
    "GET /v1/charges": payments.list_charges,
    "GET /v1/charges/{id}": payments.retrieve_charge,
    "GET /v1/checkout/sessions": checkout.list_sessions,
    "POST /v1/checkout/sessions": checkout.create_session,
    "GET /v1/checkout/sessions/{id}": checkout.retrieve_session,
    "POST /v1/checkout/sessions/{id}/expire": checkout.expire,
    "GET /v1/checkout/sessions/{id}/line_items": checkout.list_line_items,
    "GET /v1/customers": customers.list_customers,
    "POST /v1/customers": customers.create_customer,
    "GET /v1/customers/{id}": customers.retrieve_customer,
    "POST /v1/customers/{id}": customers.update_customer,
    "DELETE /v1/customers/{id}": customers.delete_customer,
    "GET /v1/customers/{id}/payment_methods": methods.list_of_customer,
    "GET /v1/customers/{id}/payment_methods/{id}": methods.retrieve_of_customer,
    "GET /v1/events": events.list_events,
    "GET /v1/events/{id}": events.retrieve_event,
    "GET /v1/invoice_payments": invoices_api.list_invoice_payments,
    "GET /v1/invoice_payments/{id}": invoices_api.retrieve_invoice_payment,
    "GET /v1/invoiceitems": invoices_api.list_invoice_items,
    "POST /v1/invoiceitems": invoices_api.create_invoice_item,
    "GET /v1/invoiceitems/{id}": invoices_api.retrieve_invoice_item,
    "GET /v1/invoices": invoices_api.list_invoices,
    "GET /v1/invoices/{id}": invoices_api.retrieve_invoice,
    "POST /v1/invoices/{id}/finalize": invoices_api.finalize,
    "POST /v1/invoices/{id}/pay": invoices_api.pay,
    "GET /v1/invoices/{id}/lines": invoices_api.list_lines,
    "GET /v1/payment_intents": payments.list_intents,
    "GET /v1/payment_intents/{id}": payments.retrieve_intent,
    "GET /v1/payment_methods": methods.list_payment_methods,
    "POST /v1/payment_methods": methods.create_payment_method,
    "GET /v1/payment_methods/{id}": methods.retrieve_payment_method,
    "POST /v1/payment_methods/{id}/attach": methods.attach_payment_method,
    "POST /v1/payment_methods/{id}/detach": methods.detach_payment_method,
    "GET /v1/prices": catalogue.list_prices,
    "POST /v1/prices": catalogue.create_price,
    "GET /v1/prices/{id}": catalogue.retrieve_price,
    "POST /v1/prices/{id}": catalogue.update_price,
    "GET /v1/products": catalogue.list_products,
    "POST /v1/products": catalogue.create_product,
    "GET /v1/products/{id}": catalogue.retrieve_product,
    "POST /v1/products/{id}": catalogue.update_product,
    "GET /v1/subscription_items": subscriptions.list_items,
    "GET /v1/subscriptions": subscriptions.list_subscriptions,
    "GET /v1/subscriptions/{id}": subscriptions.retrieve_subscription,
    "POST /v1/subscriptions/{id}": subscriptions.update_subscription,
    "DELETE /v1/subscriptions/{id}": subscriptions.cancel_subscription,
    "GET /v1/webhook_endpoints": events.list_endpoints,
    "POST /v1/webhook_endpoints": events.refuse_endpoint,
    "GET /v1/webhook_endpoints/{id}": events.retrieve_endpoint,
    "POST /v1/webhook_endpoints/{id}": events.refuse_endpoint,
    "DELETE /v1/webhook_endpoints/{id}": events.refuse_endpoint,
}

_PATTERNS = [
    (re.compile(re.escape(endpoint).replace(r"\{id\}", "([^/]+)")), handler) for endpoint, handler in _ENDPOINTS.items()
]


def find_handler(method: str, path: str) -> tuple[Handler, tuple[str, ...]]:
    """The handler and the ids in the path. Raises Unsupported (404) where there is none."""
    for pattern, handler in _PATTERNS:
        if match := pattern.fullmatch(f"{method} {path}"):
            return handler, match.groups()
    raise Unsupported(f"{method} {path}", status=404)
