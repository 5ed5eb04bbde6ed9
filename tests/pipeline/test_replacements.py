"""An index and a setting more replace no data, no stream, no mapping and no identity."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER
from msgspec.structs import replace

from pipeline.settings.files import read_stage
from tests.pipeline.synthesis import Resource, Synthesis, synthesise_settings

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def changed(tmp_path_factory) -> Synthesis:
    """Dev with an index of the customers and other settings of every function."""
    from pipeline.constructs.storage import tables  # noqa: PLC0415  (importing it starts Node)
    from pipeline.constructs.storage.table import EncryptedTable  # noqa: PLC0415

    class WithAnIndex(EncryptedTable):
        def __init__(self, *given: Any, **named: Any) -> None:
            super().__init__(*given, **named)
            if self.node.id == "Customers":
                self.add_index("another", "also_by")
                # An alarm sums ten metrics at most, and the stage's tables and indexes are ten.
                self.indexes.remove("another")

    dev = read_stage("dev")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "EncryptedTable", WithAnIndex)
        return synthesise_settings(
            replace(
                dev,
                cap=dev.cap + 1,
                owner="another team",
                analytics=replace(dev.analytics, memory=2048, batch_size=700),
                order_relay=replace(dev.order_relay, parallelization=2),
                alarms=replace(dev.alarms, errors=7),
            ),
            tmp_path_factory.mktemp("changed"),
        )


def test_nothing_is_renamed_or_goes(syntheses: dict[str, Synthesis], changed: Synthesis) -> None:
    """A resource under another logical id is another resource."""
    before, after = _resources(syntheses["dev"]), _resources(changed)
    assert before.keys() == after.keys()
    assert {each: before[each]["Type"] for each in before} == {
        each: after[each]["Type"] for each in after
    }


def test_no_property_changes_that_replaces_its_resource(
    syntheses: dict[str, Synthesis], changed: Synthesis
) -> None:
    before, after = _resources(syntheses["dev"]), _resources(changed)
    differing = {each for each in before if _properties(before[each]) != _properties(after[each])}
    kinds = {before[each]["Type"] for each in differing}
    assert {"AWS::DynamoDB::Table", "AWS::Lambda::EventSourceMapping"} <= kinds
    for each in differing:
        for fixed in _replacing(before[each]["Type"]):
            old, new = _at(before[each], fixed), _at(after[each], fixed)
            assert old == new, (each, fixed)


def _resources(synthesis: Synthesis) -> dict[tuple[str, str], Resource]:
    """All but the versions of functions: each deployment that changes a function makes one."""
    return {
        (stack, logical_id): resource
        for stack, template in synthesis.templates.items()
        for logical_id, resource in template["Resources"].items()
        if resource["Type"] != "AWS::Lambda::Version"
    }


def _properties(resource: Resource) -> dict[str, Any]:
    found: dict[str, Any] = resource.get("Properties", {})
    return found


def _replacing(kind: str) -> Iterator[list[str]]:
    """Yield the path of each property whose change replaces a resource, as CloudFormation's schema has it."""
    schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
    fixed = [schema.get(each, []) for each in ("createOnlyProperties", _SOMETIMES)]
    for path in chain.from_iterable(fixed):
        yield path.removeprefix("/properties/").split("/")


_SOMETIMES = "conditionalCreateOnlyProperties"


def _at(resource: Resource, path: list[str]) -> Any:
    value: Any = _properties(resource)
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value
