"""What a bundle holds, when it is built again, and two builds at once."""

import ast
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from ordercast.settings.stage import BundleTarget
from pipeline.bundling import bundle
from pipeline.bundling.bundle import HOST_PYTHON, SERVICES, SHIPPED, Recipe, recipe, shipped_sources
from tests.pipeline.synthesis import ROOT

Install = Callable[[Path], None]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout with one module a package."""
    for package in SHIPPED:
        (tmp_path / package).mkdir()
        (tmp_path / package / "__init__.py").write_text(f'"""{package}."""\n')
    monkeypatch.setattr(bundle, "ROOT", tmp_path)
    return tmp_path


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where dependencies were installed; nothing is downloaded."""
    folders: list[Path] = []

    def install(_: Recipe, folder: Path) -> None:
        folders.append(folder)
        for service in ("dynamodb", "ec2"):
            (folder / "botocore" / "data" / service).mkdir(parents=True)
            (folder / "botocore" / "data" / service / "service-2.json.gz").write_bytes(b"")
        for data in ("data", "geodata", "tzdata"):
            (folder / "phonenumbers" / data).mkdir(parents=True)
        (folder / "jinja2").mkdir()
        (folder / "jinja2" / "__init__.py").write_text("autoescape = True\n")

    monkeypatch.setattr(Recipe, "_install", install)
    return folders


def make(**changes: object) -> Recipe:
    values: dict[str, object] = {
        "python": HOST_PYTHON,
        "machine": "x86_64",
        "for_host": True,
        "requirements": "jinja2==3.1.6 --hash=sha256:0\n",
        "compiler": sys.executable,
    }
    return Recipe(**(values | changes))  # type: ignore[arg-type]  # a field each


def test_a_bundle_holds_the_sources_and_their_dependencies_with_bytecode(
    checkout: Path, installed: list[Path], tmp_path: Path
) -> None:
    made = tmp_path / "made"

    make().fill(made)

    assert checkout == bundle.ROOT
    assert 1 == len(installed)
    assert {*SHIPPED, "botocore", "jinja2", "phonenumbers"} == {
        path.name for path in made.iterdir()
    }
    for source in made.rglob("*.py"):
        assert list((source.parent / "__pycache__").glob(f"{source.stem}.*.pyc"))


@pytest.mark.usefixtures("checkout")
def test_descriptions_of_services_that_are_never_called_do_not_ship(
    installed: list[Path], tmp_path: Path
) -> None:
    make().fill(tmp_path / "made")
    assert installed
    assert ["dynamodb"] == [each.name for each in (tmp_path / "made/botocore/data").iterdir()]


@pytest.mark.usefixtures("checkout", "installed")
def test_of_numbers_their_time_zones_ship_and_their_towns_do_not(tmp_path: Path) -> None:
    make().fill(tmp_path / "made")
    assert {"data", "tzdata"} == {each.name for each in (tmp_path / "made/phonenumbers").iterdir()}


def test_brands_ship_and_what_only_their_writers_need_does_not(tmp_path: Path) -> None:
    for name in ("brand.toml", "email.html", "email.source.html", "packed/en.toml"):
        (tmp_path / "brands" / "nordic" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "brands" / "nordic" / name).touch()
    (tmp_path / "ordercast" / "authoring").mkdir(parents=True)
    (tmp_path / "ordercast" / "authoring" / "lint.py").touch()
    shipped = [path.relative_to(tmp_path / "brands/nordic") for path in shipped_sources(tmp_path)]
    assert ["brand.toml", "email.html", "packed/en.toml"] == list(map(str, shipped))


def test_programs_of_operators_do_not_ship() -> None:
    folders = {path.relative_to(ROOT).parts[:2] for path in shipped_sources(ROOT)}
    assert ("ordercast", "workflows") in folders
    assert (
        not {("ordercast", each) for each in ("cli", "console", "operations", "queries")} & folders
    )


def test_every_service_that_functions_call_ships_its_description() -> None:
    calls = [
        node
        for path in shipped_sources(ROOT)
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and "_client" == ast.unparse(node.func)
    ]
    # A service that is a variable is asked for by operators' commands alone.
    named = {each.value for call in calls if isinstance(each := call.args[0], ast.Constant)}
    assert named == set(SERVICES)


@pytest.mark.usefixtures("checkout")
def test_bytecode_stays_valid_though_lambda_unpacks_with_new_times(
    installed: list[Path], tmp_path: Path
) -> None:
    """An unchecked hash (PEP 552) is flagged by a 1 after the magic number."""
    make().fill(tmp_path / "made")
    assert installed
    for compiled in (tmp_path / "made").rglob("*.pyc"):
        assert 1 == int.from_bytes(compiled.read_bytes()[4:8], "little")


@pytest.mark.usefixtures("checkout")
def test_without_the_targets_python_sources_ship_alone(
    installed: list[Path], tmp_path: Path
) -> None:
    """Bytecode of another version would be useless weight."""
    make(compiler=None).fill(tmp_path / "made")
    assert installed
    assert not list((tmp_path / "made").rglob("*.pyc"))


@pytest.mark.usefixtures("checkout", "installed")
def test_a_bundle_is_the_same_to_the_byte_wherever_it_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its hash is of the recipe, so what differs by machine would be deployed under one name."""
    made = []
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        for package in SHIPPED:
            (tmp_path / place / package).mkdir()
            (tmp_path / place / package / "module.py").write_text("def one():\n    return 1\n")
        monkeypatch.setattr(bundle, "ROOT", tmp_path / place)
        make(for_host=False).fill(tmp_path / place / "made")
        files = sorted(each for each in (tmp_path / place / "made").rglob("*") if each.is_file())
        root = tmp_path / place / "made"
        made.append({str(each.relative_to(root)): each.read_bytes() for each in files})

    here, there = made
    assert here == there
    assert any(name.endswith(".pyc") for name in here)


def test_nothing_is_deployed_without_bytecode_and_the_refusal_says_how_to_get_it() -> None:
    refusal = str(make(python="3.13", compiler=None).no_compiler())
    assert "bytecode of Python 3.13" in refusal
    assert "uv python install 3.13" in refusal


@pytest.mark.usefixtures("checkout")
def test_dependencies_are_installed_once_whatever_changes_in_the_sources(
    installed: list[Path], checkout: Path, tmp_path: Path
) -> None:
    make().fill(tmp_path / "first")
    (checkout / "processors" / "sweep.py").write_text('"""New."""\n')
    make().fill(tmp_path / "second")
    assert 1 == len(installed)
    assert (tmp_path / "second" / "processors" / "sweep.py").exists()


@pytest.mark.usefixtures("checkout")
def test_two_synths_at_once_both_get_a_whole_bundle(
    installed: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    meanwhile = Barrier(2, timeout=10)
    install = Recipe._install  # noqa: SLF001  (the fake one)

    def slowly(self: Recipe, folder: Path) -> None:
        install(self, folder)
        meanwhile.wait()

    monkeypatch.setattr(Recipe, "_install", slowly)
    with ThreadPoolExecutor(2) as both:
        list(both.map(make().fill, [tmp_path / "one", tmp_path / "two"]))

    assert 2 == len(installed)
    kept = [path.name for path in (tmp_path / ".tools" / "bundles").iterdir()]
    assert 1 == len(kept)
    for made in ("one", "two"):
        assert (tmp_path / made / "jinja2" / "__init__.py").exists()


def test_an_installation_that_failed_leaves_nothing_to_be_taken_for_whole(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: Recipe, folder: Path) -> None:
        folder.mkdir()
        raise subprocess.CalledProcessError(2, "uv")

    monkeypatch.setattr(Recipe, "_install", fail)
    with pytest.raises(subprocess.CalledProcessError):
        make().fill(tmp_path / "made")

    assert [] == list((checkout / ".tools" / "bundles").iterdir())


@pytest.mark.parametrize("package", SHIPPED)
def test_a_change_to_any_shipped_file_changes_the_bundles_hash(
    checkout: Path, package: str
) -> None:
    """Or functions would go on running what was deployed before."""
    before = make().hash()
    (checkout / package / "template.html").write_text("<p>Hello</p>")
    assert before != make().hash()


def test_what_does_not_ship_does_not_change_the_hash(checkout: Path) -> None:
    before = make().hash()
    (checkout / "processors" / "__pycache__").mkdir()
    (checkout / "processors" / "__pycache__" / "sweep.cpython-313.pyc").write_bytes(b"\0")
    (checkout / "README.md").write_text("Read me.")
    assert before == make().hash()


@pytest.mark.usefixtures("checkout")
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("python", "3.9"),
        ("machine", "aarch64"),
        ("for_host", False),
        ("requirements", "jinja2==3.1.7 --hash=sha256:0\n"),
        ("compiler", None),
    ],
)
def test_whatever_decides_what_is_installed_changes_the_hash(field: str, value: object) -> None:
    assert make().hash() != make(**{field: value}).hash()


def test_only_what_runs_in_lambda_is_installed_and_each_file_by_its_hash() -> None:
    requirements = recipe(BundleTarget(python="3.13", architecture="arm64")).requirements
    assert "msgspec==" in requirements
    assert "aws-cdk-lib" not in requirements
    assert "pytest" not in requirements
    assert requirements.count("--hash=sha256:") >= requirements.count("==")
