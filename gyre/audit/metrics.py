"""What the room counts for /metrics, each once."""

from prometheus_client import Counter, Gauge

ENTRIES = Counter("gyre_audit_entries_total", "Audit entries written by this process", ["phase"])
LOST = Counter("gyre_audit_lost_total", "Refusals and notes that were not recorded because the queue was full")
WAITING = Gauge("gyre_audit_waiting", "Refusals and notes that wait to be recorded")
PRUNED = Counter("gyre_audit_pruned_total", "Audit entries removed because they were older than GYRE_AUDIT_DAYS")
