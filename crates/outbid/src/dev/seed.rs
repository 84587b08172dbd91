//! The campaigns that a fresh run sells: made through the same contract that anybody uses.

use anyhow::Context as _;

use crate::contexts::Context;
use crate::document;
use crate::server::Server;

/// What is for sale, as `outbid apply -f` reads it.
const CAMPAIGNS: &str = include_str!("../../../../config/demo.toml");

/// Makes the campaigns, where there is none yet.
pub async fn plant(server: &Context) -> anyhow::Result<()> {
    let entries = document::read_toml(CAMPAIGNS, "config/demo.toml").context("config/demo.toml")?;
    let server = Server::connect(server).await?;
    for entry in &entries {
        if server.find(&entry.name).await?.is_none() {
            let made = server.create(&entry.name, entry.resource()).await;
            made.with_context(|| format!("cannot make {}", entry.name.as_str()))?;
        }
    }
    Ok(())
}
