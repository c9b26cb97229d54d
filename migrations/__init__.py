"""The schema's history: postgres/ is the source of truth, sqlite/ stands beside it.

aerich writes these files; tests hold both against the models.
"""
