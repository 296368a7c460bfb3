#!/usr/bin/env bash
# Writes proctor_client/ui/openapi.json from the server and the TypeScript types from it.
set -euo pipefail
cd "$(dirname "$0")/.."
[ -d .venv/node ] && export PATH="$PWD/.venv/node:$PATH"
.venv/bin/exam-engine openapi > proctor_client/ui/openapi.json
(cd proctor_client/ui && npm run --silent api)
