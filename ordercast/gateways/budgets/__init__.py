"""Keep budgets and their accounts in the ledger table."""
