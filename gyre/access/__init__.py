"""May they, and why: one pure decision over a principal's grants.

Who they are is gyre.auth's; nothing here reads a database.
"""
