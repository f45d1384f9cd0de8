"""Amounts as people read them. Amounts are whole minor units of an ISO 4217 currency."""

_ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
"""Currencies without minor units (https://docs.stripe.com/currencies#zero-decimal)."""


def format_money(amount: int, currency: str) -> str:
    """29900, "usd" becomes "USD 299.00"."""
    if currency in _ZERO_DECIMAL:
        return f"{currency.upper()} {amount:,}"
    return f"{currency.upper()} {amount / 100:,.2f}"
