"""Write the versions of the app that the proof deploys one after the other, and synthesise them. Used by `run`."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local_cloud.deploy_proof.operator import Operator
from local_cloud.deploy_proof.working_copy import DOMAIN, WorkingCopy
from local_cloud.synthesis_cache import SynthesisCache

NEW_WORDS = "Thank you again for your order"
BROKEN_WORDS = "Thank you for nothing"
NEW_INDEX = "proof"

_WORDS = ("ordercast/templates/confirmed/en.toml", "Thank you for your order")
_LEDGER = "pipeline/constructs/storage/ledger.py"
_PUBLISHED = "pipeline/constructs/storage/published.py"
_TAKEN = "/cdk-bootstrap/hnb659fds/version"  # the CDK's own stack has made it


def updated_copy(root: Path) -> WorkingCopy:
    """Copy the sources with other words in a message, one more index, and another setting."""
    copy = WorkingCopy.make(root)
    copy.change(*_WORDS, NEW_WORDS)
    index = "        self.add_index(FAILURE_INDEX,"
    copy.change(_LEDGER, index, f'        self.add_index("{NEW_INDEX}", "proof_key")\n{index}')
    copy.set(cap="21")
    return copy


def broken_copy(root: Path) -> WorkingCopy:
    """Copy the updated sources with other words again, and a parameter that cannot be made.

    It is made after the order relay has changed, so that there is something to roll back.
    """
    copy = updated_copy(root)
    copy.change(_WORDS[0], NEW_WORDS, BROKEN_WORDS)
    made = "ssm.StringParameter(self, key, parameter_name=parameter, string_value=value)"
    after = f"            ({made}).node.add_dependency(scope.relay.function)\n"
    copy.change(_PUBLISHED, f"            {made}\n", after)
    first = '            ("OrdersStream",'
    copy.change(_PUBLISHED, first, f'            ("Taken", "{_TAKEN}", "x"),\n{first}')
    return copy


@dataclass(frozen=True, slots=True, kw_only=True)
class Variants:
    """Working copies in *folder*; each method returns the folder of what is synthesised of one."""

    folder: Path
    operator: Operator

    def first(self) -> Path:
        """Synthesise the checkout's own sources."""
        return self._synthesised(WorkingCopy.make(self.folder / "first"))

    def updated(self) -> Path:
        """Synthesise an update of code, tables and settings."""
        return self._synthesised(updated_copy(self.folder / "updated"))

    def broken(self) -> Path:
        """Synthesise an update that fails."""
        return self._synthesised(broken_copy(self.folder / "broken"))

    def again(self, existing: Mapping[str, str]) -> Path:
        """Synthesise the updated sources with these existing_ settings, as TOML has them."""
        copy = updated_copy(self.folder / "again")
        copy.set(**existing)
        copy.set_in("second_region", existing_identities=existing["existing_identities"])
        return self._synthesised(copy)

    def restored(self, existing: Mapping[str, str]) -> Path:
        """Synthesise the checkout's own sources with these existing_ settings, as TOML has them."""
        copy = WorkingCopy.make(self.folder / "restored")
        copy.set(**existing)
        return self._synthesised(copy)

    def temporary(self) -> Path:
        """Synthesise a stage that is gone without a trace when it is destroyed, as dev is."""
        copy = WorkingCopy.make(self.folder / "temporary")
        copy.set(removal='"destroy"', deletion_protection="false")
        copy.set(existing_identities=f'"{DOMAIN}"')
        return self._synthesised(copy)

    def _synthesised(self, copy: WorkingCopy) -> Path:
        cache = SynthesisCache(root=copy.root, name=f"proof-{copy.root.name}")
        key = cache.key()
        if found := cache.find(key):
            return found
        return cache.keep(
            key, self.operator.synthesise(copy, self.folder / f"{copy.root.name}.out")
        )
