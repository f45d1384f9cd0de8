"""The gateway's rate limits, by address and by tenant, and the headers that tell of them.

Headers follow draft-ietf-httpapi-ratelimit-headers-10: `RateLimit-Policy: "tenant";q=600;w=60`,
`RateLimit: "tenant";r=599;t=60`.
"""

import time

from libs.common.problems import RateLimited
from services.gateway.limits.counter import Policy, SlidingCounter, Verdict

RateLimitHeaders = tuple[tuple[bytes, bytes], ...]


class Limiter:
    """Counts by address (everyone) and by tenant (whoever sent a valid token)."""

    def __init__(self, *, address: Policy, tenant: Policy) -> None:
        self._address = _Limit(address)
        self._tenant = _Limit(tenant)
        self.counters = (self._address.counter, self._tenant.counter)

    def count_address(self, address: str) -> RateLimitHeaders:
        """Counts one request. Raises RateLimited."""
        return self._address.count(address)

    def count_tenant(self, tenant_id: str) -> RateLimitHeaders:
        """Counts one request. Raises RateLimited."""
        return self._tenant.count(tenant_id)


class _Limit:
    def __init__(self, policy: Policy) -> None:
        self.counter = SlidingCounter(policy)
        self._name = policy.name.encode()
        self._policy_header = (b"ratelimit-policy", b'"%b";q=%d;w=%d' % (self._name, policy.quota, policy.window))

    def count(self, key: str) -> RateLimitHeaders:
        verdict = self.counter.hit(key, time.time())
        headers = self._headers(verdict)
        if not verdict.allowed:
            refusal = RateLimited(retry_after=verdict.reset)
            refusal.headers.update((name.decode(), value.decode()) for name, value in headers)
            raise refusal
        return headers

    def _headers(self, verdict: Verdict) -> RateLimitHeaders:
        standing = b'"%b";r=%d;t=%d' % (self._name, verdict.remaining, verdict.reset)
        return (self._policy_header, (b"ratelimit", standing))
