"""A seed in, orders of a made-up shop out: example domains and fictitious numbers only."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

GOODS = (
    ("Enamel mug", 1400),
    ("Loose-leaf tea, 250 g", 1150),
    ("Linen apron", 3900),
    ("Cast-iron teapot", 8450),
    ("Honey, wildflower", 990),
    ("Bamboo whisk", 1725),
)
NAMES = ("ada", "bo", "chi", "dina", "emil", "fatou", "gus", "hana", "ines", "jun")


def sample_orders(count: int, *, seed: int, now: datetime) -> Iterator[tuple[str, bytes]]:
    """Yield *count* (order id, payload) pairs, each asking for a text and an e-mail."""
    chance = Random(seed)  # noqa: S311 - sample data, not secrets
    for number in range(1, count + 1):
        order_id = f"demo-{number:04}"
        yield order_id, json.dumps(_order(order_id, chance, now)).encode()


def _order(order_id: str, chance: Random, now: datetime) -> dict[str, object]:
    basket = chance.sample(GOODS, chance.randint(1, 3))
    quantities = [chance.randint(1, 2) for _ in basket]
    cents = sum(price * n for (_, price), n in zip(basket, quantities, strict=True))
    return {
        "event_id": f"{order_id}-confirmed",
        "order_id": order_id,
        "status": "confirmed",
        "occurred_at": (now - timedelta(seconds=chance.randint(1, 60))).isoformat(),
        "shop": "Leaf & Kettle",
        # Of their own, because there are few numbers for fiction: the cap is counted by customer.
        "customer_id": f"c-{order_id}",
        "amount": {"value": f"{cents // 100}.{cents % 100:02}", "currency": "USD"},
        "items": [
            {"name": name, "quantity": n} for (name, _), n in zip(basket, quantities, strict=True)
        ],
        "contact": {
            "email": f"{chance.choice(NAMES)}.{order_id}@example.com",
            # 555-0100 to 555-0189: set aside for fiction; the last ten have special fates here.
            "phone": f"+1206555{100 + chance.randrange(90):04}",
            "locale": "en-US",
            "country": "US",
        },
        "channel": "both",
        "tracking_url": f"https://shop.example.com/orders/{order_id}",
    }
