"""A slice of what `make prove` does with a hundred thousand notifications."""

from tests.workflows.receipts.many_receipts import live, wrong

COUNT = 2_000


def test_no_receipt_of_thousands_is_lost_and_no_price_is_wrong() -> None:
    world, report = live(COUNT, seed=1)

    assert report.doubled > COUNT / 50
    assert report.contradictory > COUNT / 200
    assert [] == list(wrong(world, report, COUNT))
