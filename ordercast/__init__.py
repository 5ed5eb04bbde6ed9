"""Ordercast: the one package. Pure subjects, workflows, gateways, and the operators' commands."""
