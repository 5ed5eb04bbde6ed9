"""Topics, queues, event source mappings, and the settings of SES and SMS."""
