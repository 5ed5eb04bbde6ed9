"""Keep receipt logs in the receipts table, one for each provider message."""
