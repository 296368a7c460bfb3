#!/usr/bin/env bash
# Prints the path of a Chrome 109, the last one for Windows 7 and 8.1, and installs it from npm where it is missing:
#   CHROME_109=$(setup/find-chrome-109.sh) .venv/bin/python -m pytest tests/end_to_end/test_chrome_109.py
set -euo pipefail
cd "$(dirname "$0")/.."

folder="$PWD/var/chrome-109"
wrapper="$folder/chrome"
if [ ! -x "$wrapper" ]; then
    mkdir -p "$folder"
    [ -d .venv/node ] && export PATH="$PWD/.venv/node:$PATH"
    [ -d "$folder/node_modules/@sparticuz/chromium" ] ||
        npm install --no-audit --no-fund --loglevel=error --prefix "$folder" @sparticuz/chromium@109.0.6 >&2
    # Unpacked by hand: the package itself takes whatever lies in a folder of the system for its own.
    packed="$folder/node_modules/@sparticuz/chromium/bin"
    unpack() { node -e 'process.stdin.pipe(require("zlib").createBrotliDecompress()).pipe(process.stdout)' <"$packed/$1"; }
    unpack chromium.br >"$folder/chromium"
    chmod +x "$folder/chromium"
    unpack aws.tar.br | tar -x -C "$folder"
    unpack swiftshader.tar.br | tar -x -C "$folder"
    printf '#!/bin/sh\nLD_LIBRARY_PATH="%s/lib:$LD_LIBRARY_PATH" exec "%s/chromium" "$@"\n' \
        "$folder" "$folder" > "$wrapper"
    chmod +x "$wrapper"
fi
echo "chrome 109: $wrapper, $("$wrapper" --no-sandbox --version 2>/dev/null)" >&2
echo "$wrapper"
