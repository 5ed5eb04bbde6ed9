"""What the record of shops promises, in memory or in DynamoDB."""

from ordercast.workflows.reconcile.list_shops import KeptShops


class ShopsPromises:
    """Mix in, with a fixture `shops` that has none yet."""

    def test_nothing_is_known_at_first(self, shops: KeptShops) -> None:
        assert frozenset() == shops.read()

    def test_the_names_written_last_are_those_that_are_known(self, shops: KeptShops) -> None:
        shops.write(["Tea"])
        shops.write({"Tea", "Bücher & mehr"})

        assert {"Tea", "Bücher & mehr"} == shops.read()
