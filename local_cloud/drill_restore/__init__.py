"""Lose the ledger of a stage on a local cloud, restore it, and show that nothing goes out twice and nobody is left out.

Started by `make drill-restore`. It acts as an operator, with the parts of the deploy proof.
"""
