"""What a handler of the API is given."""

from collections.abc import Callable
from dataclasses import dataclass

from sandbox.stripe.params import Params
from sandbox.stripe.settings import StripeSandboxSettings
from sandbox.stripe.transaction import Transaction
from sandbox.stripe.wire import StripeObject


@dataclass(frozen=True)
class Call:
    """One API call inside its transaction; `ids` are the variable parts of the path."""

    tx: Transaction
    params: Params
    ids: tuple[str, ...]
    settings: StripeSandboxSettings


Handler = Callable[[Call], StripeObject]
