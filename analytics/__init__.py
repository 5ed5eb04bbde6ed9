"""Ledger changes in, rollups and metrics out."""
