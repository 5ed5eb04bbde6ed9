"""Keep the buckets of pace in the ledger table."""
