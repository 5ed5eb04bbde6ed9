"""The emulator names what two stacks of the same name make in two Regions apart."""

from types import SimpleNamespace

import pytest

from local_cloud.emulator.names_by_region import name_by_region

HOME, AWAY = "us-east-1", "us-west-2"


@pytest.mark.parametrize(
    ("region", "name"), [(HOME, "Account-Role-64"), (AWAY, f"Account-{AWAY}-Role-64")]
)
def test_a_role_of_another_region_s_stack_is_another_role(region: str, name: str) -> None:
    provisioners = SimpleNamespace(
        get_region=lambda: region,
        _physical_name=lambda stack, logical, *, max_len: f"{stack}-{logical}-{max_len}",
    )
    name_by_region(provisioners, usual=HOME)

    named = vars(provisioners)["_physical_name"]
    assert name == named("Account", "Role", max_len=64)
