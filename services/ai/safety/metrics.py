"""What Prometheus is told of the canaries."""

from prometheus_client import Counter

PROBES = Counter("ai_canary_probes_total", "Searches for the canary of another tenant.")
LEAKS = Counter("ai_canary_leaks_total", "Searches that found the canary of another tenant: none ever should.")
BLIND = Counter(
    "ai_canary_blind_total", "Searches that did not find the tenant's own canary: the probes prove nothing."
)
