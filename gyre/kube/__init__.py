"""The only place that speaks Kubernetes: client, discovery, listing, watching, writing.

What an object means is gyre.flux's; what is kept of it is gyre.fleet's.
"""
