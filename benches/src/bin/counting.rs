//! The same program, with an allocator that counts.

#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: benches::allocations::Counting = benches::allocations::Counting;

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    benches::program::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the rows are measured with the clocks and sockets of Linux")
}
