"""Read events in what producers and shippers put round them: encodings, envelopes, several in one."""
