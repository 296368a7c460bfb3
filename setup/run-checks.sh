#!/usr/bin/env bash
# Every check of the project, quick ones first. --quick: only style, types and layers; --all: the extended tests and new examples too.
# Other arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
[ -d .venv/node ] && export PATH="$PWD/.venv/node:$PATH"

step() { printf '\n== %s\n' "$*"; }

step "style"; $bin/ruff check . && $bin/ruff format --check --quiet .
# The types of the Python side take one core for as long as everything else here takes the other.
types="$(mktemp)"
$bin/mypy > "$types" 2>&1 & checking=$!
step "layers"; $bin/lint-imports --no-logo 2>/dev/null || $bin/lint-imports
step "browser side: types and unit tests"
(cd proctor_client/ui && npm run --silent check && npm test --silent)
step "types"; wait "$checking" && is_typed=yes || is_typed=no
cat "$types"; rm "$types"
[ "$is_typed" = yes ]
if [ "${1:-}" = --quick ]; then exit 0; fi

CHROMIUM="$(setup/find-chromium.sh)"
export CHROMIUM
# One thread of linear algebra per test process: threads of several processes on the same cores wait for each other.
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
if [ "${1:-}" = --all ]; then shift; export EXAM_TEST_EXAMPLES=exploring; else set -- -m "not extended" "$@"; fi
step "tests on SQLite and PostgreSQL, in Chromium"
$bin/pytest -q -n "${TEST_PROCESSES:-2}" --dist worksteal "$@"
