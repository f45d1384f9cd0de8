"""What Prometheus is told of the sockets."""

from prometheus_client import Counter, Gauge

CONNECTIONS = Gauge("messaging_connections", "Open sockets of this process that are authenticated.")
REFUSED = Counter("messaging_connections_refused_total", "Sockets refused before they were opened.", ["reason"])
CLOSED = Counter("messaging_connections_closed_total", "Sockets that ended.", ["name"])
DELIVERIES = Counter("messaging_deliveries_total", "Frames of events written to sockets.")
SLOW_READERS = Counter("messaging_slow_readers_total", "Sockets closed because their client read too slowly.")
RESUMES = Counter("messaging_resumes_total", "Streams continued from a client's position.")
RESYNCS = Counter("messaging_resyncs_total", "Streams that a client had to fetch anew.")
GAPS = Counter("messaging_gaps_filled_total", "Events that Valkey did not bring in time, read from PostgreSQL.")
