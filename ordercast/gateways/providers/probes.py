"""Ask providers whether they answer at all, by a call that sends nothing. The sweeper's `RouteProbes`."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from importlib import import_module

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from ordercast.notifications.providers import PROVIDERS
from ordercast.sending.routes import Route

SERVER_SIDE = 500


def _probe(route: Route) -> object:
    return import_module(PROVIDERS[route.provider].module).probe(route)


class ProviderProbes(Struct, frozen=True, kw_only=True):
    """Each provider's module has a function `probe`, which calls it in a route's Region."""

    executor: Executor
    probe: Callable[[Route], object] = _probe

    def answering(self, routes: Sequence[Route]) -> set[Route]:
        """Return the routes whose provider answers; also what it refuses is an answer."""
        answers = self.executor.map(self._answers, routes)
        return {route for route, answered in zip(routes, answers, strict=True) if answered}

    def _answers(self, route: Route) -> bool:
        try:
            self.probe(route)
        except ClientError as error:
            return error.response["ResponseMetadata"]["HTTPStatusCode"] < SERVER_SIDE
        except BotoCoreError:
            return False
        except (LookupError, ImportError):  # a provider that is registered no more
            return False
        return True
