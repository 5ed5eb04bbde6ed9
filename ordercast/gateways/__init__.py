"""One outside service a file; our values in, that service's API calls out."""
