"""Run the local cloud's event source mappings with the package lambda_event_sources."""
