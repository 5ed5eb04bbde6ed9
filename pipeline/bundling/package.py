"""Give the functions of a stack their code, runtime and architecture. Used by the stacks."""

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsii
from aws_cdk import AssetHashType, BundlingOptions, DockerImage, ILocalBundling, Stack
from aws_cdk import aws_lambda as lambda_

from ordercast.settings.stage import BundleTarget
from pipeline.bundling.bundle import ROOT, Recipe, recipe

DEPLOYING = "deploying"
"""What the Makefile's targets say that deploy: `-c deploying=true`. To look at templates sources do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """The code of every function in a stack. `code` belongs to one stack; its contents are the same in all."""

    code: lambda_.Code
    runtime: lambda_.Runtime
    architecture: lambda_.Architecture


def package(stack: Stack, target: BundleTarget) -> Package:
    """Return the bundle for *target*; CDK fills it when it synthesises the first stack.

    Raises `NotInstalled` here, since CDK shows an error of its hook as a long trace.
    """
    made = recipe(target)
    if stack.node.try_get_context(DEPLOYING) and made.compiler is None:
        raise made.no_compiler()
    if stack.bundling_required:
        made.dependencies()
    return Package(
        code=lambda_.Code.from_asset(
            str(ROOT),
            asset_hash=made.hash(),
            asset_hash_type=AssetHashType.CUSTOM,
            bundling=BundlingOptions(
                image=DockerImage.from_registry("never-pulled"),
                local=LocalBundling(made),
            ),
        ),
        runtime=lambda_.Runtime(f"python{made.python}", lambda_.RuntimeFamily.PYTHON),
        architecture=(
            lambda_.Architecture.ARM_64
            if made.machine == "aarch64"
            else lambda_.Architecture.X86_64
        ),
    )


@jsii.implements(ILocalBundling)
class LocalBundling:
    """CDK's hook for bundling without Docker."""

    def __init__(self, recipe: Recipe) -> None:
        self._recipe = recipe

    def try_bundle(self, output_dir: str, *_: Any, **__: Any) -> bool:  # noqa: ANN401  (jsii's)
        """Fill *output_dir*; an error here ends the synthesis, Docker is never tried."""
        if self._recipe.compiler is None:
            python = self._recipe.python
            print(f"No Python {python} here: the bundle ships without bytecode.", file=sys.stderr)  # noqa: T201
        self._recipe.fill(Path(output_dir))
        return True
