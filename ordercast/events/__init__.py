"""The order event: its contract, what it is made of, and its published forms."""
