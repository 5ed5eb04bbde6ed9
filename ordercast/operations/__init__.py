"""What operators' commands ask of a deployed stage. Used by `ordercast.cli`; not shipped to Lambda."""
