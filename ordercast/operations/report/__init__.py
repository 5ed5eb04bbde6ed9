"""The books' figures of a period in, one HTML page with plots out."""
