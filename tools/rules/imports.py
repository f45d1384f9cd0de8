"""A vendor's SDK is imported in one module, so that leaving the vendor, or testing without it, touches one module."""

from collections.abc import Iterator

from tools.rules.source import Finding, Source, imported_modules

PRODUCT = ("libs/", "services/", "cli/", "sandbox/")
HOMES: dict[str, tuple[str, ...]] = {
    "stripe": ("services/billing/stripe_gateway.py",),
    "aioboto3": ("libs/adapters/", "services/provisioner/cloud/"),
    "boto3": (),
    "botocore": ("libs/adapters/", "services/provisioner/cloud/", "services/ai/models/bedrock.py", "sandbox/cloud/"),
    "aiobotocore": ("libs/adapters/", "services/provisioner/cloud/"),
    "moto": ("sandbox/cloud/",),
    "jose": ("libs/common/security/jose.py",),
    "passlib": ("services/auth/accounts/passwords.py",),
}


def vendors_stay_at_home(sources: list[Source]) -> Iterator[Finding]:
    """Tests may import any vendor: they play the other side."""
    for source in sources:
        if not source.lies_in(*PRODUCT):
            continue
        for line, vendor in sorted({(line, name.split(".")[0]) for line, name in imported_modules(source.tree)}):
            if vendor in HOMES and not source.lies_in(*HOMES[vendor]):
                where = ", ".join(HOMES[vendor]) or "nowhere: its calls block the event loop"
                yield source.finding(line, f"{vendor} may be imported in: {where}. Go through that module's functions")
