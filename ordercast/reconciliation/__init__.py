"""Compare what was counted with what the ledger says. Pure; above `rollups`."""
