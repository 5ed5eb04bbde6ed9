"""Keep what messages cost within budgets. Pure; used by the senders, counting and `ordercast budget`."""
