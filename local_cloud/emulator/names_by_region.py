"""Let ministack's CloudFormation name the resources of two stacks apart that are alike but for their Region. Used by `serve`.

It makes a name of the stack's and the resource's; of the account's stacks in two Regions, that would be
one role of IAM, which is of no Region. On AWS such names end in something random.
"""

# ruff: noqa: ANN401, SLF001 - ministack's internals have neither types nor a public interface

from __future__ import annotations

from typing import Any


def name_by_region(provisioners: Any, *, usual: str) -> None:
    """Let CloudFormation's *provisioners* put the Region into names that it makes outside the *usual* one."""
    name = provisioners._physical_name

    def named(stack: str, *given: Any, **options: Any) -> str:
        region = provisioners.get_region()
        of = stack if region == usual else f"{stack}-{region}"
        return str(name(of, *given, **options))

    provisioners._physical_name = named
