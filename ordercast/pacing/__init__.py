"""How fast an origination may send, and what holds messages back: buckets that all senders share, and holds. Pure."""
