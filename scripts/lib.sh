# Sourced by the scripts beside it: where things are, and how a missing one is asked for.

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
# What the scripts install goes here and nowhere else; `make clean-tools` removes it.
TOOLS="$ROOT/target/tools"
# shellcheck source=scripts/versions.env
source "$ROOT/scripts/versions.env"

# The project's own tools come first, so that their pinned versions win over the machine's.
export PATH="$TOOLS/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }
die() { say "error: $*"; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# True where Debian packages may be installed without asking anybody.
can_apt() { [ "$(id -u)" = 0 ] && have apt-get; }

# Install Debian packages; the package lists are fetched at most once a run.
apt_install() {
    say "installing by apt: $*"
    if [ -z "${APT_UPDATED:-}" ]; then
        apt-get update -qq >&2 || say "warning: apt-get update failed; trying with the lists at hand"
        APT_UPDATED=1
    fi
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" </dev/null >&2
}

# version_at_least HAVE WANT: compares dotted numbers.
version_at_least() {
    [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -n 1)" = "$2" ]
}

# Rust is never installed behind anybody's back: which toolchain to have is the reader's choice.
need_rust() {
    local want got
    want="$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' "$ROOT/Cargo.toml")"
    [ -n "$want" ] || die "Cargo.toml names no rust-version"
    if ! have cargo; then
        die "Outbid needs Rust $want or newer, and there is no cargo on the PATH. Install it with rustup" \
            "(https://rustup.rs), open a new shell, and run this again."
    fi
    got="$(cargo --version | cut -d ' ' -f 2)"
    got="${got%%-*}"
    if ! version_at_least "$got" "$want"; then
        die "Outbid needs Rust $want or newer; cargo here is $got. Run 'rustup update stable' (https://rustup.rs)" \
            "and then this again."
    fi
}

# SQLite and liblzma are compiled from the sources in their crates, which takes a C compiler.
need_cc() {
    if have "${CC:-cc}"; then return; fi
    if can_apt; then apt_install gcc libc6-dev; fi
    have "${CC:-cc}" || die "Outbid compiles SQLite from source and needs a C compiler. Install one" \
        "('apt-get install gcc libc6-dev' on Debian, 'xcode-select --install' on macOS) and run this again."
}
