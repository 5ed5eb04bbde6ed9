"""What was synthesised is used again only as long as nothing has changed that it is made from."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from local_cloud import opened_channels
from local_cloud.deployment import Deployment
from local_cloud.supervisor.state import CloudFolder
from local_cloud.synthesis_cache import KEPT, SynthesisCache, inputs
from pipeline.bundling.bundle import ROOT, shipped_sources

INPUTS = (
    "app.py",
    "cdk.json",
    "stages/local.toml",
    "pipeline/constructs/order_relay.py",
    "processors/order_relay.py",
    "ordercast/templates/email.html",
    "uv.lock",
    "package-lock.json",
)
OTHERS = ("README.md", "docs/figures.md", "tests/test_it.py", ".ordercast/local/outputs.json")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in (*INPUTS, *OTHERS):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
    return tmp_path


@pytest.fixture
def cache(checkout: Path) -> SynthesisCache:
    return SynthesisCache(root=checkout, name="local")


def made(checkout: Path, says: str = "a template") -> Path:
    folder = checkout / ".ordercast" / "cdk.out"
    folder.mkdir()
    (folder / "manifest.json").write_text(says)
    return folder


def test_what_is_kept_is_found_while_nothing_changes(cache: SynthesisCache, checkout: Path) -> None:
    key = cache.key()
    assert cache.find(key) is None

    kept = cache.keep(key, made(checkout))

    assert kept == cache.find(cache.key())
    assert "a template" == (kept / "manifest.json").read_text()


@pytest.mark.parametrize("name", INPUTS)
@pytest.mark.parametrize("change", ["changed", "removed", "beside"])
def test_it_is_made_again_when_a_file_has_changed_that_it_may_be_made_from(
    name: str, change: str, cache: SynthesisCache, checkout: Path
) -> None:
    cache.keep(cache.key(), made(checkout))
    file = checkout / name

    if change == "changed":
        file.write_text("changed")
    elif change == "removed":
        file.unlink()
    else:
        file.with_name("another.py").write_text(name)

    assert cache.find(cache.key()) is None


@pytest.mark.parametrize("name", OTHERS)
def test_what_no_synthesis_reads_changes_nothing(
    name: str, cache: SynthesisCache, checkout: Path
) -> None:
    kept = cache.keep(cache.key(), made(checkout))

    (checkout / name).write_text("changed")

    assert kept == cache.find(cache.key())


def test_what_was_made_while_a_file_changed_is_used_and_not_kept(
    cache: SynthesisCache, checkout: Path
) -> None:
    before = cache.key()
    folder = made(checkout)
    (checkout / "cdk.json").write_text("changed")

    assert folder == cache.keep(before, folder)
    assert cache.find(before) is None
    assert cache.find(cache.key()) is None


def test_the_faster_of_two_is_kept(cache: SynthesisCache, checkout: Path) -> None:
    key = cache.key()
    cache.keep(key, made(checkout, "faster"))

    kept = cache.keep(key, made(checkout, "slower"))

    assert "faster" == (kept / "manifest.json").read_text()
    assert [kept.name] == [each.name for each in kept.parent.iterdir()]


def test_old_ones_are_forgotten(cache: SynthesisCache, checkout: Path) -> None:
    for number in range(KEPT + 2):
        (checkout / "cdk.json").write_text(str(number))
        kept = cache.keep(cache.key(), made(checkout))

    assert kept == cache.find(cache.key())
    assert KEPT == len(list(kept.parent.iterdir()))


def test_the_app_and_whatever_is_shipped_are_inputs() -> None:
    app = {ROOT / "app.py", ROOT / "cdk.json", *(ROOT / "pipeline").rglob("*.py")}

    assert {*app, *shipped_sources(ROOT)} <= set(inputs(ROOT))


def test_a_deployment_synthesises_only_what_has_changed(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[tuple[str, ...]] = []

    @contextmanager
    def cdk(_: Deployment, step: str, *words: str, **__: object) -> Iterator[Callable[[], None]]:
        ran.append(words)
        if words[0] == "synth":
            made(checkout, step)
        yield lambda: None

    monkeypatch.setattr(Deployment, "_cdk", cdk)
    monkeypatch.setattr(opened_channels, "open_channels", lambda _: None)
    deployment = Deployment(
        root=checkout,
        folder=CloudFolder(path=checkout / ".ordercast"),
        endpoint="http://127.0.0.1:1",
        progress=lambda *_: None,
        check=lambda: None,
    )
    deployment()
    deployment()
    (checkout / "pipeline/constructs/order_relay.py").write_text("changed")
    deployment()

    first, again = ["synth", "bootstrap", "deploy"], ["bootstrap", "deploy"]
    assert [*first, *again, *first] == [words[0] for words in ran]
    apps = [words[words.index("--app") + 1] for words in ran if words[0] == "deploy"]
    assert apps[0] == apps[1] != apps[2]
    assert all((Path(app) / "manifest.json").exists() for app in apps)
