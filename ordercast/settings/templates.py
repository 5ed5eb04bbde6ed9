"""Name what templates and brands say of settings. Used by the checks of a stage's settings."""

from ordercast.templates.brands import WITHOUT_SENDER_IDS
from ordercast.templates.statuses import promotional_templates

__all__ = ["WITHOUT_SENDER_IDS", "promotional_templates"]
