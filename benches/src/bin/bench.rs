//! The table of `make bench`.

fn main() -> anyhow::Result<()> {
    benches::program::main()
}
