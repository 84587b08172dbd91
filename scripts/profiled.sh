# Sourced after lib.sh: builds a program twice, the second time by what the first one was seen to do. The compiler then lays
# out what runs often side by side and keeps the rest out of the way, which saves a fifth of a bid's processor time.

# Reads what a program with counters has written. It comes with the compiler, since both must be of one version.
need_profdata() {
    PROFDATA="$(rustc --print target-libdir)/../bin/llvm-profdata"
    if [ -x "$PROFDATA" ]; then return; fi
    have rustup || die "a profile is read by llvm-profdata of the compiler's own version, and there is no rustup to install" \
        "it: install the toolchain by rustup (https://rustup.rs), or llvm-tools where your cargo came from."
    rustup component add llvm-tools >&2
    [ -x "$PROFDATA" ] || die "rustup has installed llvm-tools, but there is no $PROFDATA"
}

# profiled_build PACKAGE BIN WORK: builds a package's programs by the profile of WORK, a function that is called with the
# path of BIN with counters. Sets BUILT to the path of the BIN that results.
profiled_build() {
    local package="$1" bin="$2" work="$3" host base counts
    need_profdata
    host="$(rustc -vV | sed -n 's/^host: //p')"
    base="${CARGO_TARGET_DIR:-$ROOT/target}/profiled"
    counts="$base/$bin.counts"
    # With a target named, what runs at build time has no counters in it.
    local build=(cargo build --quiet --release --locked --package "$package" --bins --target "$host")
    say "building $bin with counters"
    CARGO_INCREMENTAL=0 RUSTFLAGS="-Cprofile-generate=$counts" "${build[@]}" --target-dir "$base/counting"
    rm -rf "$counts"
    say "letting it work"
    "$work" "$base/counting/$host/release/$bin" >&2
    "$PROFDATA" merge -o "$base/$bin.profdata" "$counts"/*.profraw
    say "building $bin by its profile"
    CARGO_INCREMENTAL=0 RUSTFLAGS="-Cprofile-use=$base/$bin.profdata" "${build[@]}" --target-dir "$base/by-profile"
    # For whoever sources this.
    # shellcheck disable=SC2034
    BUILT="$base/by-profile/$host/release/$bin"
}
