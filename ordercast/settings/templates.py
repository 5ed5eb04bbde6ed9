"""Name the templates whose messages are promotional. Used by the checks of a stage's settings."""

from ordercast.templates.statuses import promotional_templates

__all__ = ["promotional_templates"]
