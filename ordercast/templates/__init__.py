"""Hold the words of messages, and render them.

One folder for each template, in it one file of words for each language; what all messages share is
in `layout` (docs/templates.md). Senders start in `rendering`; the relay needs `statuses` alone.
"""
