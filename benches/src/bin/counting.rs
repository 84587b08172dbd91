//! The same program, with an allocator that counts.

#[global_allocator]
static ALLOCATOR: benches::allocations::Counting = benches::allocations::Counting;

fn main() -> anyhow::Result<()> {
    benches::program::main()
}
