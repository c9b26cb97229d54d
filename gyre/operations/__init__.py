"""What changes a cluster: permit, audit, patch.

Who may is decided by gyre.access; what to write is gyre.flux.patches'.
"""
