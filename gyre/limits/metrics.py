"""What the room counts for /metrics, each once.

No label here is a person or an address: their number is bounded by the code.
"""

from prometheus_client import Counter, Gauge

LIMITS_REFUSED = Counter("gyre_limits_refused_total", "Requests and operations refused by a budget", ["budget"])
LIMITS_SHARED = Gauge("gyre_limits_shared", "1 while what is spent is counted in Redis, for all processes together")
LIMITS_ALONE = Counter("gyre_limits_alone_total", "Times something was counted in memory because Redis was away")
CONNECTIONS_OPEN = Gauge("gyre_connections_open", "WebSockets and streams that are open")
CONNECTIONS_REFUSED = Counter("gyre_connections_refused_total", "WebSockets and streams refused by a bound", ["whose"])
