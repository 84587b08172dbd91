//! `outbid audience add|remove`: who is in an audience, from files of ids or of their hashes.

use api::audience::MAX_BATCH;
use api::names::Kind;
use api::v1;
use auction::audience::{MemberHash, hash_digits};
use campaign::time::Timestamp;
use clap::{Args as Arguments, Subcommand};

use crate::contract;
use crate::document::read_text;
use crate::failure::Failure;
use crate::print::progress::Progress;
use crate::resolve;
use crate::resource::short;
use crate::session::Session;

/// The largest file that is read: some two million hashes.
const MAX_BYTES: u64 = 160 << 20;

/// What to do with an audience's members.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Adds the users of a file, or lets those stay longer that are in it
    #[command(
        after_help = "Examples:\n  outbid audience add acme/buyers hashes.txt\n  \
                            outbid audience add acme/buyers ids.txt --hash --until 2027-01-01T00:00:00Z"
    )]
    Add(AddArgs),
    /// Removes the users of a file
    #[command(
        after_help = "Examples:\n  outbid audience remove acme/buyers hashes.txt\n  \
                            outbid audience remove acme hashes.txt   (from all of its audiences)"
    )]
    Remove(RemoveArgs),
}

/// Who is added to what.
#[derive(Arguments, Debug)]
pub struct AddArgs {
    /// The audience
    #[arg(value_name = "AUDIENCE")]
    audience: String,
    #[command(flatten)]
    members: Members,
    /// Until when they stay, such as 2027-01-01T00:00:00Z; as long as the audience says without
    #[arg(long, value_name = "TIME", value_parser = moment)]
    until: Option<Timestamp>,
}

/// Who is removed from what.
#[derive(Arguments, Debug)]
pub struct RemoveArgs {
    /// The audience; or an advertiser, to remove them from all of its audiences
    #[arg(value_name = "AUDIENCE")]
    audience: String,
    #[command(flatten)]
    members: Members,
}

#[derive(Arguments, Debug)]
struct Members {
    /// A file with one SHA-256 of an id a line, as 64 hexadecimal digits; `-` for standard input
    #[arg(value_name = "FILE")]
    file: String,
    /// The file holds the ids themselves, as exchanges send them: they are hashed here, and only hashes are sent
    #[arg(long)]
    hash: bool,
}

fn moment(text: &str) -> Result<Timestamp, String> {
    Timestamp::parse(text).map_err(|error| error.to_string())
}

impl Members {
    /// The hashes, in batches as large as one call takes.
    fn batches(&self) -> Result<Vec<Vec<String>>, Failure> {
        let text = read_text(&self.file, MAX_BYTES)?;
        let lines = text.lines().map(str::trim).enumerate();
        let mut batches: Vec<Vec<String>> = Vec::new();
        for (number, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let hash = if self.hash {
                hash_digits(line)
            } else if MemberHash::parse(line).is_some() {
                line.to_string()
            } else {
                let what = format!(
                    "{}, line {}: no SHA-256 as 64 hexadecimal digits",
                    self.file,
                    number + 1
                );
                return Err(Failure::usage(what).with_hint("give --hash where the file holds ids"));
            };
            match batches.last_mut() {
                Some(last) if last.len() < MAX_BATCH => last.push(hash),
                _ => batches.push(vec![hash]),
            }
        }
        if batches.is_empty() {
            return Err(Failure::usage(format!("{} holds nobody", self.file)));
        }
        Ok(batches)
    }
}

/// Adds or removes them, batch after batch: each is safe to repeat.
pub async fn run(action: Action, session: &Session) -> Result<(), Failure> {
    match action {
        Action::Add(args) => add(args, session).await,
        Action::Remove(args) => remove(args, session).await,
    }
}

async fn add(args: AddArgs, session: &Session) -> Result<(), Failure> {
    let batches = args.members.batches()?;
    let server = session.connect().await?;
    let name = resolve::resolve(&server, &[Kind::Audience], &args.audience).await?;
    let mut all = v1::AddAudienceMembersResponse::default();
    // A batch is thousands of users: a bar is of use from two on.
    let progress = Progress::long(batches.len(), "batches");
    for member_ids in batches {
        let request = v1::AddAudienceMembersRequest {
            name: name.to_string(),
            member_ids,
            expire_time: args.until.and_then(api::time::write_moment),
            validate_only: false,
        };
        let answer = server.add_members(request).await?;
        all.added_count += answer.added_count;
        all.member_count = answer.member_count;
        progress.step();
    }
    drop(progress);
    let short = short(name.as_str());
    session.print_message(
        || {
            let (added, now) = (all.added_count, all.member_count);
            format!("audience {short}: {added} added, {now} in it\n")
        },
        || contract::reflect("AddAudienceMembersResponse", &all),
        vec![name.to_string()],
    )?;
    session.next(&[format!("outbid describe {short}")]);
    Ok(())
}

async fn remove(args: RemoveArgs, session: &Session) -> Result<(), Failure> {
    let batches = args.members.batches()?;
    let server = session.connect().await?;
    let kinds = [Kind::Audience, Kind::Advertiser];
    let named = resolve::resolve(&server, &kinds, &args.audience).await?;
    let name = match named.kind() {
        Kind::Advertiser => format!("{named}/audiences/-"),
        _ => named.to_string(),
    };
    let mut all = v1::RemoveAudienceMembersResponse::default();
    let progress = Progress::long(batches.len(), "batches");
    for member_ids in batches {
        let request = v1::RemoveAudienceMembersRequest {
            name: name.clone(),
            member_ids,
            validate_only: false,
        };
        all.removed_count += server.remove_members(request).await?.removed_count;
        progress.step();
    }
    drop(progress);
    let (noun, short) = (named.kind().words(), short(named.as_str()));
    session.print_message(
        || format!("{noun} {short}: {} removed\n", all.removed_count),
        || contract::reflect("RemoveAudienceMembersResponse", &all),
        vec![named.to_string()],
    )?;
    session.next(&[format!("outbid describe {short}")]);
    Ok(())
}
