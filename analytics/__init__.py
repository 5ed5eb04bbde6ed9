"""Lambda entry points that count ledger changes into rollups and metrics, and verify them."""
