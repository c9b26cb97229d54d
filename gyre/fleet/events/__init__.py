"""The Kubernetes Events about Flux objects, as they were last seen: one watch a cluster, a bounded store, sorted lists.

An Event is kept until Kubernetes removes it (an hour after it was last told, by default), or newer ones take its place
at a bound. What one says is gyre.flux.events' to read; who may look is gyre.access'.
"""
