"""How fast an origination may send: a bucket shared by all senders, and what throttling does to it. Pure."""
