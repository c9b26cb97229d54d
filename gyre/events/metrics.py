"""What the room counts for /metrics, each once.

No label here is an object, a person or a raw path: their number is bounded by the code.
"""

from prometheus_client import Counter, Gauge

BUS_CONNECTED = Gauge("gyre_bus_connected", "1 while this process hears the others through Redis")
BUS_GAPS = Counter("gyre_bus_gaps_total", "Times subscribers were told that messages may be missing", ["cause"])
BUS_MESSAGES = Counter("gyre_bus_messages_total", "Messages between processes", ["direction"])
BUS_DROPPED = Counter("gyre_bus_dropped_total", "Messages given up because a bound was reached", ["queue"])

FEED_CHANGES = Counter("gyre_feed_changes_total", "Changes numbered here or followed from another process", ["origin"])
FEED_HOLES = Counter("gyre_feed_holes_total", "Times numbers were missing in a followed cluster's changes")

HUB_MEMBERS = Gauge("gyre_hub_members", "Live subscriptions")
HUB_COHORTS = Gauge("gyre_hub_cohorts", "Groups of subscriptions that share each rendered frame")
HUB_RENDERED = Counter("gyre_hub_rendered_total", "Frames rendered, each once for a whole cohort")
HUB_DELIVERED = Counter("gyre_hub_delivered_total", "Frames put into members' queues")
HUB_RESYNCS = Counter("gyre_hub_resyncs_total", "Members told to read again", ["cause"])
HUB_FAILURES = Counter("gyre_hub_render_failures_total", "Frames that could not be rendered")
