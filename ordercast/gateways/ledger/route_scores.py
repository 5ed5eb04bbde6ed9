"""Keep how routes have delivered, in one item of the ledger table. Written by the verifier, read by the ledger gateway."""

from collections.abc import Iterable

from msgspec import Struct

from ordercast.gateways.dynamodb import partiql
from ordercast.gateways.dynamodb.codec import Item, map_of, text, text_of
from ordercast.gateways.dynamodb.partiql import Update
from ordercast.gateways.dynamodb.table import Table, insist
from ordercast.notifications.route_scores import RouteScore, ScoredRoutes

SCORES = "route-scores"
SCORES_KEY: Item = {"pk": text(SCORES), "sk": text(SCORES)}


def _read_score(written: str) -> RouteScore:
    delivered, undelivered = map(int, written.split(" "))
    return RouteScore(delivered=delivered, undelivered=undelivered)


def _read_key(written: str) -> tuple[str, str]:
    country, _, route = written.partition(" ")
    return country, route


_SCORES = map_of(
    text_of(_read_score, lambda score: f"{score.delivered} {score.undelivered}"), key=_read_key
)


def read_scores(items: Iterable[Item]) -> ScoredRoutes | None:
    """Return what the item holds; None if there is none."""
    item = next(iter(items), None)
    if item is None:
        return None
    return ScoredRoutes(hour=item["hour"]["S"], scores=_SCORES.read(item["scores"]))


class DynamoRouteScores(Struct, frozen=True, kw_only=True):
    """The scores in DynamoDB."""

    table: Table

    def read(self) -> ScoredRoutes | None:
        """Return what was written last; None if nothing ever was. Raises `LedgerUnavailable`."""
        return read_scores(self.table.get([SCORES_KEY]))

    def write(self, scored: ScoredRoutes, *, seen: ScoredRoutes | None) -> bool:
        """Put it in the place of what was *seen*; answer whether nobody else was faster.

        Raises `LedgerUnavailable`.
        """
        keyed = {f"{country} {route}": score for (country, route), score in scored.scores.items()}
        written = {"hour": text(scored.hour), "scores": _SCORES.write(keyed)}
        name = self.table.name
        statement = (
            partiql.update(
                name, SCORES_KEY, Update(set_=written), where={"hour": [text(seen.hour)]}
            )
            if seen
            else partiql.insert(name, {**SCORES_KEY, **written})
        )
        answers = self.table.execute([statement])
        insist(answers)
        return not answers[0].refused
