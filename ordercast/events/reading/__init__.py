"""Read an order event as producers write it: other spellings, other forms of the same value."""
