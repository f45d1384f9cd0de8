"""The pages that customers see: paying a Checkout session, and an invoice."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from sandbox.stripe.bodies import read_body
from sandbox.stripe.cards import TEST_CARDS, Refusal, read_card
from sandbox.stripe.checkout import order_of
from sandbox.stripe.checkout_payment import Expired, Paid, pay_session, success_url
from sandbox.stripe.errors import InvalidRequest, Missing
from sandbox.stripe.money import format_money
from sandbox.stripe.pdf import text_pdf
from sandbox.stripe.rendering import Renderer, format_moment
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store
from sandbox.stripe.wire import StripeObject, decode_form

_FIELDS = ("card_number", "exp_month", "exp_year", "cvc", "email")
_MAXIMUM_BODY = 64 * 1024
_EXAMPLE_CVC = "123"
_FIRST = ("4242424242424242", "4000000000000002", "4000000000009995")
_CHOICES = sorted(TEST_CARDS.values(), key=lambda card: _FIRST.index(card.number) if card.number in _FIRST else 3)
_CODES = {"card_number": "incorrect_number", "cvc": "invalid_cvc"}


class CustomerPages:
    """Hosted pages; they speak HTML, and JSON to a form that is sent with `Accept: application/json`."""

    def __init__(self, settings: StripeSandboxSettings, store: Store, renderer: Renderer) -> None:
        self._settings = settings
        self._store = store
        self._renderer = renderer

    def routes(self) -> list[Route]:
        return [
            Route("/c/pay/{session_id}", self.show, methods=["GET"]),
            Route("/c/pay/{session_id}/pay", self.pay, methods=["POST"]),
            Route("/c/pay/{session_id}/cancel", self.cancel, methods=["GET"]),
            Route("/i/{invoice_id}", self.invoice, methods=["GET"]),
            Route("/i/{invoice_id}/pdf", self.invoice_pdf, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        session = self._load("checkout.session", request.path_params["session_id"])
        if session is None:
            return self._not_found()
        if session["status"] == "complete":
            return self._renderer.page(
                "message.html",
                heading="This is paid already",
                text="The checkout is complete, nothing more is taken.",
                link=success_url(session),
                link_text="Continue",
            )
        if session["status"] == "expired" or session["expires_at"] <= self._settings.now():
            return self._expired(session)
        return self._form(session, values=self._example(request.query_params.get("card", "")))

    async def pay(self, request: Request) -> Response:
        """303 when paid, 402 when refused, 400 for bad input, 410 when expired."""
        session = self._load("checkout.session", request.path_params["session_id"])
        if session is None:
            return self._not_found()
        try:
            fields = await _read_fields(request)
        except InvalidRequest as refused:
            return self._message("This form cannot be read", refused.message, status=refused.status)
        if session["status"] == "complete":
            return RedirectResponse(success_url(session), status_code=303)
        return self._pay_by_card(session, fields, as_json="application/json" in request.headers.get("accept", ""))

    def _pay_by_card(self, session: StripeObject, fields: dict[str, str], *, as_json: bool) -> Response:
        card, faults = read_card(fields, now=self._settings.clock.now().astimezone(UTC))
        if card is None:
            return (
                _faults_as_json(faults)
                if as_json
                else self._form(session, values=_typed(fields), faults=faults, status=400)
            )
        with self._store.transaction(now=self._settings.now()) as tx:
            outcome = pay_session(tx, session["id"], card, email=fields.get("email", "").strip() or None)
        if isinstance(outcome, Paid):
            return RedirectResponse(outcome.success_url, status_code=303)
        if isinstance(outcome, Expired):
            return _expired_as_json() if as_json else self._expired(session)
        if as_json:
            return _refusal_as_json(outcome)
        return self._form(session, values=_typed(fields), refusal=outcome.message, status=402)

    async def cancel(self, request: Request) -> Response:
        session = self._load("checkout.session", request.path_params["session_id"])
        if session is None or not session["cancel_url"]:
            return self._not_found()
        return RedirectResponse(session["cancel_url"], status_code=303)

    async def invoice(self, request: Request) -> Response:
        invoice = self._load("invoice", request.path_params["invoice_id"])
        return self._renderer.page("invoice.html", invoice=invoice) if invoice else self._not_found()

    async def invoice_pdf(self, request: Request) -> Response:
        invoice = self._load("invoice", request.path_params["invoice_id"])
        if invoice is None:
            return self._not_found()
        headers = {"Content-Disposition": f'attachment; filename="invoice-{invoice["number"] or "draft"}.pdf"'}
        return Response(text_pdf(_invoice_text(invoice)), media_type="application/pdf", headers=headers)

    def _load(self, kind: str, object_id: str) -> StripeObject | None:
        with self._store.transaction(now=self._settings.now()) as tx:
            try:
                return tx.get(kind, object_id)
            except Missing:
                return None

    def _form(
        self,
        session: StripeObject,
        *,
        values: dict[str, str],
        refusal: str | None = None,
        faults: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        with self._store.transaction(now=self._settings.now()) as tx:
            customer = tx.get("customer", session["customer"]) if session["customer"] else {}
            trial_end = order_of(tx, session).trial_end
        recurring = session["_line_items"][0]["price"]["recurring"]
        count = recurring["interval_count"]
        every = recurring["interval"] if count == 1 else f"{count} {recurring['interval']}s"
        return self._renderer.page(
            "checkout.html",
            status=status,
            heading=" and ".join(item["description"] for item in session["_line_items"]),
            total=format_money(session["amount_total"], session["currency"]),
            period=None if trial_end else f"per {every}",
            trial=f"Free until {format_moment(trial_end)}, then charged every {every}." if trial_end else None,
            items=[_item_text(item, every) for item in session["_line_items"]],
            customer=customer.get("name") or customer.get("email") or session["customer_email"],
            asks_email=not (session["customer"] or session["customer_email"]),
            url=f"{self._settings.base_url}/c/pay/{session['id']}",
            cancel_url=session["cancel_url"],
            leads_to=session["success_url"],
            values=defaultdict(str, values),
            refusal=refusal,
            focus=next(iter(faults or {}), "card_number" if refusal else None),
            faults=defaultdict(str, faults or {}),
            cards=[{"number": one.number, "shown": _in_groups(one.number), "note": one.note} for one in _CHOICES],
            example_year=self._example_year(),
        )

    def _example(self, number: str) -> dict[str, str]:
        """A filled form for a test card; empty for any other number."""
        if number not in TEST_CARDS:
            return {}
        year = self._example_year()
        return {"card_number": _in_groups(number), "exp_month": "12", "exp_year": year, "cvc": _EXAMPLE_CVC}

    def _example_year(self) -> str:
        return str(datetime.fromtimestamp(self._settings.now(), UTC).year + 3)

    def _expired(self, session: StripeObject) -> Response:
        return self._renderer.page(
            "message.html",
            status=410,
            heading="This checkout has expired",
            text="Nothing was charged. Go back to the shop and start again.",
            link=session["cancel_url"],
            link_text="Go back",
        )

    def _not_found(self) -> Response:
        return self._message("There is no such page", "The address is wrong or of another sandbox.", status=404)

    def _message(self, heading: str, text: str, *, status: int) -> Response:
        return self._renderer.page("message.html", status=status, heading=heading, text=text, link=None, link_text="")


async def _read_fields(request: Request) -> dict[str, str]:
    body = await read_body(request, limit=_MAXIMUM_BODY)
    values = decode_form(body.decode(errors="replace"))
    return {name: value for name in _FIELDS if isinstance(value := values.get(name, ""), str)}


def _item_text(item: StripeObject, every: str) -> str:
    price = item["price"]
    amount = format_money(price["unit_amount"], price["currency"])
    return f"{item['quantity']} × {item['description']}, {amount} per {every}"


def _in_groups(number: str) -> str:
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


def _typed(fields: dict[str, str]) -> dict[str, str]:
    """What may stand in the form again: never the number of a card that is no test card, nor a security code."""
    number = "".join(fields.get("card_number", "").split())
    kept = {name: fields.get(name, "") for name in ("exp_month", "exp_year", "email")}
    return kept | ({"card_number": _in_groups(number)} if number in TEST_CARDS else {})


def _error(status: int, **error: Any) -> Response:
    return JSONResponse({"error": error}, status_code=status)


def _refusal_as_json(refusal: Refusal) -> Response:
    return _error(
        402,
        type="card_error",
        code=refusal.code,
        decline_code=refusal.decline_code,
        message=f"{refusal.message} You can try again with another card.",
    )


def _faults_as_json(faults: dict[str, str]) -> Response:
    param, message = next(iter(faults.items()))
    code = _CODES.get(param, "invalid_expiry_month" if param == "exp_month" else "invalid_expiry_year")
    return _error(400, type="card_error", code=code, message=message, param=param, fields=faults)


def _expired_as_json() -> Response:
    return _error(
        410,
        type="invalid_request_error",
        code="checkout_session_expired",
        message="This checkout has expired. Nothing was charged; start again.",
    )


def _invoice_text(invoice: StripeObject) -> Iterable[str]:
    currency = invoice["currency"]
    yield "SANDBOX - not a real invoice"
    yield f"Invoice {invoice['number'] or '(draft)'}   {format_moment(invoice['created'])}   {invoice['status']}"
    yield f"{invoice['customer_name'] or ''} {invoice['customer_email'] or ''} {invoice['customer']}".strip()
    yield ""
    for line in invoice["lines"]["data"]:
        yield f"{line['description']}   {format_money(line['amount'], currency)}"
    yield ""
    yield f"Total {format_money(invoice['total'], currency)}"
    yield f"Paid {format_money(invoice['amount_paid'], currency)}"
