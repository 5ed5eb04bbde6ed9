"""Synthesise a stage and look things up in its templates. Used by the tests of this folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from local_cloud.synthesis_cache import SynthesisCache
from ordercast.settings.stage import AccountSettings, StageSettings
from pipeline.settings.files import read_stage

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("local", "dev", "prod")

Resource = dict[str, Any]


@dataclass(frozen=True)
class Synthesis:
    """One stage's templates, by stack; `stages` share the account stack.

    The stacks in `protected` have termination protection. `findings` of cdk-nag are those of prod:
    an id and the path of a construct each; the other stages differ in numbers only.
    """

    stage: str
    templates: dict[str, dict[str, Any]]
    protected: frozenset[str]
    findings: frozenset[tuple[str, str]]
    regions: frozenset[str]

    def each(self, kind: str) -> Iterator[tuple[str, str, Resource]]:
        """Yield stack, logical id and resource of *kind*; there is at least one."""
        found = [
            (stack, logical_id, resource)
            for stack, template in self.templates.items()
            for logical_id, resource in template["Resources"].items()
            if resource["Type"] == kind
        ]
        assert found, f"no {kind} in stage {self.stage}"
        yield from found

    def properties(self, kind: str) -> list[Resource]:
        return [resource["Properties"] for _, _, resource in self.each(kind)]

    def resolve(self, stack: str, value: Any) -> tuple[str, str]:
        """Return the stack and logical id of the resource that *value* refers to."""
        match value:
            case {"Fn::GetStackOutput": {"StackName": other, "OutputName": name}}:
                return self.resolve(other, self.templates[other]["Outputs"][name]["Value"])
            case {"Fn::ImportValue": name}:
                return self.resolve(*self._exported[name])
            case {"Fn::Join": ["", [{"Fn::Select": [_, {"Fn::Split": [":", arn]}]}, ":live"]]}:
                return self.resolve(stack, arn)  # the name of a function with its alias
            case {"Fn::GetAtt": [logical_id, _]} | {"Ref": logical_id}:
                return stack, logical_id
        message = f"{value} refers to nothing"
        raise AssertionError(message)

    @cached_property
    def _exported(self) -> dict[str, tuple[str, Any]]:
        """Stack and value of each export, by its name."""
        return {
            output["Export"]["Name"]: (stack, output["Value"])
            for stack, template in self.templates.items()
            for output in template.get("Outputs", {}).values()
            if "Export" in output
        }

    def target(self, stack: str, value: Any) -> Resource:
        """Return the resource that *value* refers to; the function where that is its alias."""
        owner, logical_id = self.resolve(stack, value)
        found: Resource = self.templates[owner]["Resources"][logical_id]
        if found["Type"] == "AWS::Lambda::Alias":
            return self.target(owner, found["Properties"]["FunctionName"])
        return found

    @cached_property
    def functions(self) -> list[tuple[str, str, Resource]]:
        """Ours: the provider framework's own function is JavaScript."""
        return [
            (stack, name, resource["Properties"])
            for stack, name, resource in self.each("AWS::Lambda::Function")
            if resource["Properties"]["Runtime"].startswith("python")
        ]

    def environment(self, handler: str) -> dict[str, str]:
        """Return the environment variables of the function with that handler."""
        [found] = [each for _, _, each in self.functions if each["Handler"] == handler]
        variables: dict[str, str] = found["Environment"]["Variables"]
        return variables

    @cached_property
    def mappings(self) -> list[tuple[str, Resource, Resource]]:
        """Stack, event source mapping and what it reads from."""
        return [
            (stack, mapping["Properties"], self.target(stack, mapping["Properties"][_SOURCE]))
            for stack, _, mapping in self.each("AWS::Lambda::EventSourceMapping")
        ]

    @property
    def stream_mappings(self) -> list[tuple[str, Resource, Resource]]:
        return [each for each in self.mappings if each[2]["Type"] != "AWS::SQS::Queue"]

    @property
    def queue_mappings(self) -> list[tuple[str, Resource, Resource]]:
        return [each for each in self.mappings if each[2]["Type"] == "AWS::SQS::Queue"]


_SOURCE = "EventSourceArn"


def cdk_context() -> dict[str, Any]:
    context: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    return context


CACHES = {
    "CDK_HOME": str(ROOT / ".tools/cache/.cdk"),
    "JSII_NODE": str(ROOT / "pipeline/node.sh"),
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(ROOT / ".tools/cache/jsii"),
    "UV_CACHE_DIR": str(ROOT / ".tools/cache/uv"),
}
"""Where the tools keep their caches, as in the Makefile: in the checkout."""


def synthesise(stage: str, folder: Path) -> Synthesis:
    """Synthesise one stage into *folder*, without bundling, or read what is kept of the same files.

    Of the stage's own Region alone: test_second_region.py has what the local stage has in another.
    """
    checked = stage == "prod"
    cache = SynthesisCache(root=ROOT, name=f"{stage}-{'checked' if checked else 'in-one-region'}")
    key = cache.key()
    found = cache.find(key)
    if found is None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("app.read_stage", in_one_region)
            _synthesise(stage, folder, checked=checked)
        found = cache.keep(key, folder)
    return _read(stage, found)


def synthesise_settings(
    stage: StageSettings,
    folder: Path,
    *,
    account: AccountSettings | None = None,
    checked: bool = False,
) -> Synthesis:
    """Synthesise the stacks of settings that stand in no file into *folder*, without bundling."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("app.read_stage", lambda _: stage)
        if account:
            patch.setattr("app.read_account", lambda: account)
        _synthesise(stage.name, folder, checked=checked)
    return _read(stage.name, folder)


def in_one_region(stage: str) -> StageSettings:
    """Return the settings in a stage's file, but for a second Region."""
    found = read_stage(stage)
    return replace(found, second_region=replace(found.second_region, region=""))


def _read(stage: str, folder: Path) -> Synthesis:
    return Synthesis(
        stage=stage,
        templates={
            path.name.removesuffix(".template.json"): json.loads(path.read_text())
            for path in folder.glob("*.template.json")
        },
        protected=_protected(folder),
        findings=_findings(folder),
        regions=frozenset(each["environment"].rpartition("/")[2] for each in _stacks(folder)),
    )


def _synthesise(stage: str, folder: Path, *, checked: bool) -> None:
    from aws_cdk import App, Validations  # noqa: PLC0415  (importing it starts Node)

    from app import compose  # noqa: PLC0415

    context = {**cdk_context(), "stage": stage, **_AS_THE_CLI_BUT_QUICKLY}
    app = App(outdir=str(folder), context=context)
    compose(app)
    if not checked:
        app.synth()
        return
    from cdk_nag import AwsSolutionsChecks, ServerlessChecks  # noqa: PLC0415

    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    with pytest.raises(RuntimeError, match="ValidationFailed"):  # once everything is written
        app.synth()


def _findings(folder: Path) -> frozenset[tuple[str, str]]:
    written = folder / "validation-report.json"
    report = json.loads(written.read_text() if written.exists() else '{"pluginReports": []}')
    return frozenset(
        (violation["ruleName"], construct["constructPath"])
        for plugin in report["pluginReports"]
        for violation in plugin["violations"]
        for construct in violation["violatingConstructs"]
    )


def _protected(folder: Path) -> frozenset[str]:
    return frozenset(
        each["displayName"]
        for each in _stacks(folder)
        if each["properties"].get("terminationProtection")
    )


def _stacks(folder: Path) -> list[dict[str, Any]]:
    artifacts = json.loads((folder / "manifest.json").read_text())["artifacts"]
    return [each for each in artifacts.values() if each["type"] == "aws:cloudformation:stack"]


_AS_THE_CLI_BUT_QUICKLY = {"aws:cdk:enable-path-metadata": True, "aws:cdk:bundling-stacks": []}
