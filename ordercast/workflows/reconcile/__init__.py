"""Workflows that compare rollups, ledger and stream, and repair. Used by `verify` and the verifier."""
