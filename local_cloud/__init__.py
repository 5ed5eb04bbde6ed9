"""The local cloud and the event-source model; never shipped to Lambda."""
