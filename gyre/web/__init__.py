"""HTTP matters that are nobody's route: one middleware a file, and the built frontend in static/.

Routes are rest_compat's and schema's; which of them exist is gyre.app's wiring.
"""
