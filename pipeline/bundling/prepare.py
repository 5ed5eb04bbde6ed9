"""Install what the functions of every stage import, into `.tools/bundles`.

`python -m pipeline.bundling.prepare` is a step of set-up, so that no synthesis needs a network.
"""

import sys

from pipeline.bundling.bundle import NotInstalled, recipe
from pipeline.settings.files import BadStage, read_targets


def main() -> None:
    """Install what is not there yet; exits 1 when that fails."""
    try:
        for target in read_targets():
            recipe(target).dependencies()
    except BadStage as error:
        sys.exit(str(error))
    except NotInstalled as error:
        sys.exit(error.why)


if __name__ == "__main__":
    main()
