"""cdk.json's targets come in; what their functions depend on goes into `.tools/bundles`.

`python -m pipeline.bundling.prepare` is a step of set-up, so that synthesising any stage needs no network.
"""

import json
import sys

from pipeline.bundling.bundle import ROOT, NotInstalled, recipe
from pipeline.cdk_json import BadStage, read_targets


def main() -> None:
    """Install what is not there yet; exits 1 when that fails."""
    try:
        stages = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]
        for target in read_targets(stages):
            recipe(target).dependencies()
    except BadStage as mistake:
        sys.exit(str(mistake))
    except json.JSONDecodeError as mistake:
        sys.exit(f"cdk.json: {mistake}")
    except NotInstalled as trouble:
        sys.exit(trouble.why)


if __name__ == "__main__":
    main()
