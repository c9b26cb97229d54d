"""The change feed: numbered, bounded, behind broadcaster's small door.

What a change is about and who may see it is not known here. `bus` carries messages, `feed` numbers changes (of objects,
and apart from them of Kubernetes Events), `hub` serves live subscriptions; app.py opens them in this order:
`open_bus`, `open_feed(bus)`, `open_hub(feed)`.
"""
