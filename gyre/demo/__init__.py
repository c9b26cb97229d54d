"""The embedded cluster: a Kubernetes API over HTTPS whose Flux objects live and change.

A child process of `gyre demo`; Gyre reaches it like any cluster and shares no memory with it.
"""
