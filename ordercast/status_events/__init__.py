"""Say in events what became of each message, for shops that listen. Pure."""
