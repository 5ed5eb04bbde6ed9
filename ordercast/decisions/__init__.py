"""Decide what an order event sends: routing, the decision record, drafts. Pure; used by workflows."""
