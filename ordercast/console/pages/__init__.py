"""Answer each page of the console. Used by its application."""
