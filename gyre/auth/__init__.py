"""Who is it: passwords, sessions, and the first administrator.

What they may do is gyre.access's.
"""
