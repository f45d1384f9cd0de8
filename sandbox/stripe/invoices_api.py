"""Invoices, their lines and payments, and pending invoice items over the API."""

from sandbox.stripe.call import Call
from sandbox.stripe.customers import live_customer
from sandbox.stripe.dunning import pay_now
from sandbox.stripe.errors import CardError, InvalidRequest
from sandbox.stripe.invoices import finalize_invoice
from sandbox.stripe.listing import Conditions, list_inline, list_objects
from sandbox.stripe.pending_items import new_pending_item
from sandbox.stripe.wire import StripeObject

_SUBSCRIPTION = "parent.subscription_details.subscription"


def retrieve_invoice(call: Call) -> StripeObject:
    return call.tx.get("invoice", call.ids[0])


def list_invoices(call: Call) -> StripeObject:
    filters = {"customer": "customer", "status": "status", "subscription": _SUBSCRIPTION}
    return list_objects(call, "invoice", url="/v1/invoices", filters=filters)


def list_lines(call: Call) -> StripeObject:
    invoice = call.tx.get("invoice", call.ids[0])
    return list_inline(call, invoice["lines"]["data"], url=invoice["lines"]["url"])


def finalize(call: Call) -> StripeObject:
    invoice = call.tx.get("invoice", call.ids[0])
    if invoice["status"] != "draft":
        raise InvalidRequest("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    call.params.boolean("auto_advance")
    finalize_invoice(call.tx, invoice)
    return invoice


def pay(call: Call) -> StripeObject:
    """Pays an open invoice now; 402 with what the issuer said, and the failed attempt is kept."""
    invoice = call.tx.get("invoice", call.ids[0])
    if invoice["status"] == "paid":
        raise InvalidRequest("Invoice is already paid", code="invoice_already_paid")
    if invoice["status"] == "draft":
        finalize_invoice(call.tx, invoice)
    method_id = call.params.text("payment_method")
    method = call.tx.get("payment_method", method_id, param="payment_method") if method_id else None
    if method and method["customer"] != invoice["customer"]:
        raise InvalidRequest(
            "The payment method must be attached to the customer of the invoice.", param="payment_method"
        )
    call.params.boolean("off_session")
    refusal = pay_now(call.tx, invoice, method=method)
    if refusal:
        raise CardError(refusal.message, code=refusal.code, extra={"decline_code": refusal.decline_code})
    return invoice


def retrieve_invoice_payment(call: Call) -> StripeObject:
    return call.tx.get("invoice_payment", call.ids[0])


def list_invoice_payments(call: Call) -> StripeObject:
    payment = call.params.child("payment")
    payment.choice("type", "payment_intent")
    where: Conditions = []
    if intent := payment.text("payment_intent"):
        where.append(("json_extract(body, '$.payment.payment_intent') = ?", (intent,)))
    filters = {"invoice": "invoice", "status": "status"}
    return list_objects(call, "invoice_payment", url="/v1/invoice_payments", filters=filters, where=where)


def retrieve_invoice_item(call: Call) -> StripeObject:
    return call.tx.get("invoiceitem", call.ids[0])


def list_invoice_items(call: Call) -> StripeObject:
    where: Conditions = []
    if (pending := call.params.boolean("pending")) is not None:
        where.append((f"json_extract(body, '$.invoice') IS {'' if pending else 'NOT '}NULL", ()))
    filters = {"customer": "customer", "invoice": "invoice"}
    return list_objects(call, "invoiceitem", url="/v1/invoiceitems", filters=filters, where=where)


def create_invoice_item(call: Call) -> StripeObject:
    """A pending charge or credit that the subscription's next invoice takes up."""
    params, tx = call.params, call.tx
    customer = live_customer(tx, params.required("customer"), param="customer")
    subscription = tx.get("subscription", params.required("subscription"), param="subscription")
    amount = params.integer("amount", minimum=-(10**11))
    if amount is None:
        raise InvalidRequest("Missing required param: amount.", code="parameter_missing", param="amount")
    if subscription["customer"] != customer["id"]:
        raise InvalidRequest("The subscription belongs to another customer.", param="subscription")
    if (params.text("currency") or subscription["currency"]) != subscription["currency"]:
        raise InvalidRequest("The currency must be the subscription's.", param="currency")
    item = new_pending_item(
        tx, subscription, amount=amount, description=params.text("description") or "Item", period=(tx.now, tx.now)
    )
    item["metadata"] = params.metadata()
    tx.put(item)
    tx.emit("invoiceitem.created", item)
    return item
