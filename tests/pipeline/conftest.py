"""Synthesise each stage once a session, without bundling."""

import pytest

from tests.pipeline.synthesis import STAGES, Synthesis, synthesise


@pytest.fixture(scope="session")
def syntheses(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Synthesis]:
    return {name: synthesise(name, tmp_path_factory.mktemp(name)) for name in STAGES}


@pytest.fixture(params=STAGES)
def synthesis(request: pytest.FixtureRequest, syntheses: dict[str, Synthesis]) -> Synthesis:
    """Each stage in turn."""
    return syntheses[request.param]
