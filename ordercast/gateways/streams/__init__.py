"""Read the orders stream and its Lambda events, and put records on it."""
