//! The table of `make bench`.

#[cfg(target_os = "linux")]
fn main() -> anyhow::Result<()> {
    benches::program::main()
}

#[cfg(not(target_os = "linux"))]
fn main() -> anyhow::Result<()> {
    anyhow::bail!("the rows are measured with the clocks and sockets of Linux")
}
