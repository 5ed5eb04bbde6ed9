"""Alarms, the dashboard, the heartbeat, and the metrics they read."""
