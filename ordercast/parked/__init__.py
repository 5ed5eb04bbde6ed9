"""Define what waits for an operator. Pure; used by operations, gateways and the CLI."""
