"""Look up the price list for the checks of settings. Used when a stage is synthesised."""

from decimal import Decimal

from ordercast.sending import prices


def price_of_part(country: str) -> Decimal | None:
    """Return the price of a text's part in US dollars, with the carrier's fee; None if there is none."""
    return prices.price_of_part(country)


def has_plan(plan: str) -> bool:
    """Tell whether the price of an e-mail is known for that plan of SES."""
    return prices.has_plan(plan)
