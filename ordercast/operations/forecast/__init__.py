"""Forecast what a month costs, from counted calls, dated prices and a stage's settings."""
