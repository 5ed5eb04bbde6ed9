"""What a wave draws from each account, and what of it fits."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from ordercast.budgets.account import Account, opened, share_used
from ordercast.budgets.budget import Budget, BudgetPeriod
from ordercast.budgets.draws import Expense, draws_of, over

ALL = Budget(period=BudgetPeriod.DAY, limit=Decimal(1), reserve=20)
SWEDEN = Budget(period=BudgetPeriod.DAY, limit=Decimal("0.1"), country="SE")
HOUR = "2026-03-02T09"
CENT = Decimal("0.01")


def wanted(name: str, *budgets: Budget, amount: Decimal = CENT, high: bool = False) -> Expense:
    return Expense(id=name, amount=amount, hour=HOUR, is_high=high, budgets=budgets)


def test_a_wave_draws_one_sum_an_account() -> None:
    one, two = draws_of([wanted("a", ALL, SWEDEN), wanted("b", ALL)])

    assert [ALL.account(HOUR), {"09": 2 * CENT}, Decimal("0.2")] == [one.key, one.by_slot, one.kept]
    assert [SWEDEN.account(HOUR), {"09": CENT}, Decimal(0)] == [two.key, two.by_slot, two.kept]


def test_a_wave_over_midnight_draws_from_two_days() -> None:
    late = replace(wanted("a", ALL), hour="2026-03-01T23")
    draws = draws_of([late, wanted("b", ALL)])

    assert {"all/day#2026-03-01", "all/day#2026-03-02"} == {each.key for each in draws}


def test_high_priority_uses_the_reserve_and_normal_leaves_it() -> None:
    left = {ALL.account(HOUR): Decimal("0.2")}

    assert {"a": (ALL, CENT)} == over([wanted("a", ALL), wanted("b", ALL, high=True)], left)
    assert 0 == draws_of([wanted("b", ALL, high=True)])[0].kept


def test_what_came_first_is_sent_first_and_a_smaller_sum_may_still_fit() -> None:
    left = {SWEDEN.account(HOUR): 3 * CENT}
    wave = [
        wanted("a", SWEDEN, amount=2 * CENT),
        wanted("b", SWEDEN, amount=2 * CENT),
        wanted("c", SWEDEN),
        wanted("d", SWEDEN),
        wanted("e"),
    ]

    assert {"b": (SWEDEN, 2 * CENT), "d": (SWEDEN, CENT)} == over(wave, left)


def test_a_message_over_one_of_its_budgets_uses_none_of_the_others() -> None:
    left = {SWEDEN.account(HOUR): Decimal(0), ALL.account(HOUR): Decimal("0.21")}

    assert {"a": (SWEDEN, CENT)} == over([wanted("a", ALL, SWEDEN), wanted("b", ALL)], left)


AMOUNTS = st.decimals(min_value=0, max_value=1, places=5)


@given(
    amounts=st.lists(st.tuples(AMOUNTS, st.booleans(), st.booleans()), max_size=30),
    left=AMOUNTS,
)
def test_what_fits_is_never_refused(
    amounts: list[tuple[Decimal, bool, bool]], left: Decimal
) -> None:
    wave = [
        wanted(str(number), *([ALL, SWEDEN] if swedish else [ALL]), amount=amount, high=high)
        for number, (amount, high, swedish) in enumerate(amounts)
    ]
    key = ALL.account(HOUR)
    exceeding = over(wave, {key: left})
    account: Account | None = replace(opened(ALL, key), left=left)
    for each in wave:
        if each.id not in exceeding:
            draw = next(d for d in draws_of([each]) if d.key == key)
            assert account
            account = draw.drawn(account)
    assert account
    assert account.left >= 0


def test_a_limit_of_nothing_is_used_up() -> None:
    nothing = replace(ALL, limit=Decimal(0))
    assert 100 == share_used(opened(nothing, "key"))
    assert 0 == share_used(opened(ALL, "key"))
