"""Measure the deployed functions against a stand-in for AWS. Run by `make bench`."""
