"""The simulated controllers: what Flux, and the little of Kubernetes that is beneath it, make of the objects.

Each controller is a pure generator of steps; one engine carries them out on the store. What happens outside the
cluster is gyre.demo.outside's, who does it gyre.demo.story's.
"""
