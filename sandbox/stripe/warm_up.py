"""One checkout in a transaction that is rolled back, so that the first real one finds everything loaded."""

from contextlib import suppress

from sandbox.stripe.call import Call
from sandbox.stripe.cards import CardInput
from sandbox.stripe.catalogue import create_price
from sandbox.stripe.checkout import create_session
from sandbox.stripe.checkout_payment import pay_session
from sandbox.stripe.params import Params
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.store import Store
from sandbox.stripe.wire import decode_form

_PRICE = "unit_amount=100&currency=usd&recurring[interval]=month&product_data[name]=Warm-up"
_SESSION = "mode=subscription&line_items[0][price]={price}&success_url=http://127.0.0.1/"
_CARD = CardInput(number="4242424242424242", exp_month=12, exp_year=2099)


class _UndoneError(Exception):
    """Ends the transaction without a trace."""


def warm_up(settings: StripeSandboxSettings, store: Store) -> None:
    """Leaves nothing behind."""
    with suppress(_UndoneError), store.transaction(now=settings.now()) as tx:
        price = create_price(Call(tx, Params(decode_form(_PRICE)), (), settings))
        wanted = Params(decode_form(_SESSION.format(price=price["id"])))
        session = create_session(Call(tx, wanted, (), settings))
        pay_session(tx, session["id"], _CARD)
        raise _UndoneError
