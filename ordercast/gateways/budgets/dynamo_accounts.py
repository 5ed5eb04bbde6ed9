"""Draw from the accounts of budgets in the ledger table. The workflows' `Accounts`.

A draw is one conditional increment: it costs a write unit, also where it is refused. The draw of a
wave's slots goes with it in the same call.
"""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from ordercast.budgets.account import Account, AccountDraw, Drawn
from ordercast.gateways.budgets import items as budget_item
from ordercast.gateways.dynamodb.table import Answer, Table, insist, translated
from ordercast.gateways.pacing.dynamo_buckets import DynamoBuckets
from ordercast.pacing.bucket import Bucket, Draw

TRANSACTION = 100
"""The most statements of a transaction (DynamoDB)."""


class DynamoAccounts(Struct, frozen=True, kw_only=True):
    """The accounts in DynamoDB."""

    table: Table

    def draw(
        self, draws: Sequence[AccountDraw], pace: Draw | None = None
    ) -> tuple[list[Drawn], tuple[bool, Bucket | None] | None]:
        """Draw each sum of which enough is left, and the slots of a wave; open what is not there."""
        buckets = DynamoBuckets(table=self.table)
        statements = [budget_item.draw_from(self._name, each) for each in draws]
        answers = self.table.execute([*statements, *([buckets.statement(pace)] if pace else [])])
        drawn = [self._drawn(each) for each in answers[: len(draws)]]
        self._open_missing(draws, drawn)
        return drawn, buckets.drawn(pace, answers[-1]) if pace else None

    def give_back(self, draws: Sequence[AccountDraw]) -> None:
        """Return sums that were drawn, in transactions: the SDK's retries of one count once."""
        statements = [budget_item.draw_from(self._name, each, sign=-1) for each in draws]
        for begin in range(0, len(statements), TRANSACTION):
            with translated():
                self.table.client.execute_transaction(
                    TransactStatements=[
                        {"Statement": each.text, "Parameters": each.parameters}
                        for each in statements[begin : begin + TRANSACTION]
                    ]
                )

    def read(self, keys: Sequence[str]) -> dict[str, Account]:
        """Return the accounts that exist, by key."""
        items = self.table.get([budget_item.account_key(each) for each in keys])
        return {each.key: each for each in map(budget_item.read_account, items)}

    def change(self, changes: Sequence[tuple[Account | None, Account]]) -> set[str]:
        """Add the difference to each account that is as it was read; answer the keys done."""
        answers = self.table.execute(
            [
                budget_item.change_account(self._name, seen, new)
                if seen
                else budget_item.insert_account(self._name, new)
                for seen, new in changes
            ]
        )
        insist(answers)
        pairs = zip(changes, answers, strict=True)
        return {new.key for (_, new), answer in pairs if not answer.refused}

    @property
    def _name(self) -> str:
        return self.table.name

    def _drawn(self, answer: Answer) -> Drawn:
        return Drawn(
            done=not (answer.refused or answer.failure),
            failed=answer.failure is not None,
            account=budget_item.read_account(answer.item) if answer.item else None,
        )

    def _open_missing(self, draws: Sequence[AccountDraw], drawn: list[Drawn]) -> None:
        """Open the accounts that are not there, and draw from them."""
        places = self._missing(draws, drawn)
        if not places:
            return
        opening = self.table.execute(
            [budget_item.insert_account(self._name, draws[place].opened) for place in places]
        )
        again = self.table.execute([budget_item.draw_from(self._name, draws[p]) for p in places])
        for place, one, two in zip(places, opening, again, strict=True):
            drawn[place] = replace(self._drawn(two), failed=bool(one.failure or two.failure))

    def _missing(self, draws: Sequence[AccountDraw], drawn: list[Drawn]) -> list[int]:
        """Return where the draw was refused because there is no account; not every refusal says."""
        silent = [p for p, each in enumerate(drawn) if _is_silent(each)]
        there = self.read([draws[place].key for place in silent]) if silent else {}
        for place in silent:
            drawn[place] = replace(drawn[place], account=there.get(draws[place].key))
        return [place for place in silent if drawn[place].account is None]


def _is_silent(drawn: Drawn) -> bool:
    return not (drawn.done or drawn.failed) and drawn.account is None
