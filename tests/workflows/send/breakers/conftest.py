"""Stages whose texts have one route or two. Used by the tests of breakers."""

import pytest

from tests.fakes.world import World
from tests.workflows.send.breakers.failing_routes import ONE_ROUTE, TWO_ROUTES


@pytest.fixture
def single(world: World) -> World:
    """A stage whose texts have one route."""
    world.routes = ONE_ROUTE
    return world


@pytest.fixture
def double(world: World) -> World:
    """A stage whose texts have a second route."""
    world.routes = TWO_ROUTES
    return world
