#!/usr/bin/env bash
# Prints the path of a Chromium for the tests and says on standard error where it comes from. Ends with 1 if there is
# none. Order: $CHROMIUM, /usr/bin/chromium, Debian's package (root and apt), the npm build.
set -euo pipefail
cd "$(dirname "$0")/.."

works() { [ -x "$1" ] && "$1" --version >/dev/null 2>&1; }

if [ -n "${CHROMIUM:-}" ]; then
    works "$CHROMIUM" || { echo "chromium: CHROMIUM=$CHROMIUM does not run" >&2; exit 1; }
    echo "chromium: $CHROMIUM (from CHROMIUM), $("$CHROMIUM" --version 2>/dev/null)" >&2
    echo "$CHROMIUM"; exit 0
fi
if works /usr/bin/chromium; then
    echo "chromium: /usr/bin/chromium, $(/usr/bin/chromium --version 2>/dev/null)" >&2
    echo /usr/bin/chromium; exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "chromium: installing Debian's package" >&2
    if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium) >/dev/null 2>&1 &&
        works /usr/bin/chromium; then
        echo "chromium: /usr/bin/chromium (Debian's package, installed now), $(/usr/bin/chromium --version 2>/dev/null)" >&2
        echo /usr/bin/chromium; exit 0
    fi
fi
folder=var/chromium
echo "chromium: using the npm build in $folder" >&2
mkdir -p "$folder"
[ -d .venv/node ] && export PATH="$PWD/.venv/node:$PATH"
(cd "$folder" && [ -d node_modules/@sparticuz/chromium ] || npm install --no-audit --no-fund --loglevel=error --prefix . @sparticuz/chromium@147 >&2)
path="$(cd "$folder" && AWS_EXECUTION_ENV=AWS_Lambda_nodejs20.x node --input-type=module -e '
import chromium from "@sparticuz/chromium";
process.stdout.write(await chromium.executablePath());')"
[ -x "$path" ] || { echo "chromium: none found; set CHROMIUM=/path/to/chromium" >&2; exit 1; }
# The libraries that the build brings along lie beside it once unpacked.
wrapper="$PWD/$folder/chromium"
printf '#!/bin/sh\nLD_LIBRARY_PATH="%s/al2023/lib:$LD_LIBRARY_PATH" exec "%s" --single-process --no-zygote "$@"\n' \
    "$(dirname "$path")" "$path" > "$wrapper"
chmod +x "$wrapper"
works "$wrapper" || { echo "chromium: the npm build does not run here; set CHROMIUM=/path/to/chromium" >&2; exit 1; }
echo "chromium: $wrapper, $("$wrapper" --version 2>/dev/null)" >&2
echo "$wrapper"
