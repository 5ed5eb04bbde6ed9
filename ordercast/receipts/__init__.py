"""Read providers' receipts and merge them into notifications. Pure; above `decisions`, below `sending`."""
