#!/usr/bin/env bash
# Headless Chromium as the tests use it: nothing of the user's profile, nothing from the network but this machine.
#
#   chromium.sh which                            print the browser's path
#   chromium.sh dom PAGE                         print the DOM after the page's scripts have run
#   chromium.sh screenshot OUT.png PAGE [WxH]    save a picture (default 800x600)
#
# PAGE is a URL or a file. CHROMIUM names a browser other than the one that is found.
set -euo pipefail

usage() { sed -n '4,6s/^# *//p' "$0" >&2; exit 2; }

find_browser() {
    local name
    for name in ${CHROMIUM:+"$CHROMIUM"} chromium chromium-browser google-chrome \
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
        if command -v "$name"; then return; fi
    done
    echo "error: no Chromium found: install one or set CHROMIUM to its path" >&2
    exit 1
}

page_url() {
    case "$1" in
        *://* | data:* | about:*) printf '%s' "$1" ;;
        *) printf 'file://%s' "$(realpath "$1")" ;;
    esac
}

browser="$(find_browser)"
case "${1:-}" in
    which) printf '%s\n' "$browser"; exit ;;
    dom) [ $# -eq 2 ] || usage; action=(--dump-dom); page="$(page_url "$2")" ;;
    screenshot)
        [ $# -eq 3 ] || [ $# -eq 4 ] || usage
        size="${4:-800x600}"
        action=("--screenshot=$(realpath "$2")" "--window-size=${size/x/,}" --hide-scrollbars)
        page="$(page_url "$3")"
        ;;
    *) usage ;;
esac

# An empty profile each time, so that no cache or history carries over from test to test.
profile="$(mktemp -d)"
trap 'rm -rf "$profile"' EXIT
flags=(
    --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
    --disable-component-update --disable-sync --disable-dev-shm-usage "--user-data-dir=$profile"
    # Names of other hosts do not resolve: a test can neither depend on them nor disturb them.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE [::1]'
    # The page's timers run to five seconds of its own time, however fast the machine is.
    --virtual-time-budget=5000
)
limit=()
if command -v timeout >/dev/null; then limit=(timeout --kill-after=5 60); fi
# Chromium talks much on stderr; it is shown only when it fails.
if ! ${limit[@]+"${limit[@]}"} "$browser" "${flags[@]}" "${action[@]}" "$page" 2>"$profile/stderr"; then
    tail -n 20 "$profile/stderr" >&2
    exit 1
fi
