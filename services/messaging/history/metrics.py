"""What is counted of the archive."""

from prometheus_client import Counter

DIFFERENCES = Counter(
    "messaging_history_differences_total", "Messages of a month about to be dropped that the archive held otherwise."
)
MONTHS_DROPPED = Counter("messaging_history_months_dropped_total", "Months that are in the archive alone.")
