"""Define the notification: its states, messages and dates. Pure; used by every layer above."""
