"""Rules of a send: what forbids it, claims, backoff, outcomes, prices. Pure; above `receipts`."""
