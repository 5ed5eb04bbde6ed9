"""Drive event source mappings through real or emulated AWS APIs. Needs the extra `boto3`."""

from lambda_event_sources.drivers.event_sources import EventSources

__all__ = ["EventSources"]
