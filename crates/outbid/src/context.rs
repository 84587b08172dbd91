//! `outbid context`: which server the commands speak to, and with which token.

use std::io::Read;

use clap::{Args as Arguments, Subcommand};

use crate::contexts::{self, Context, Contexts};
use crate::failure::{Exit, Failure};
use crate::print::table::{Side, Table};
use crate::print::tree::Tree;
use crate::session::{Session, note, out};

/// The longest token that is read, in bytes.
const LONGEST_TOKEN: u64 = 4_096;

/// What to do with contexts.
#[derive(Subcommand, Debug)]
pub enum Action {
    /// Keep a server and a token under a name, and use them from now on
    #[command(
        after_help = "Examples:\n  outbid context add prod --server https://bids.example:9090 --ca ca.pem --token - < token\n  \
                            outbid context add local --server http://127.0.0.1:9090 --token -\n\n\
                            --token - reads the token from standard input, so that it is in no list of processes and \
                            no history of a shell."
    )]
    Add(NameArgs),
    /// Use another one from now on
    Use(NameArgs),
    /// List what is kept; tokens are not shown
    List,
    /// Forget one
    Remove(NameArgs),
    /// Show the one in use
    Show,
}

/// Which one.
#[derive(Arguments, Debug)]
pub struct NameArgs {
    /// The context's name
    #[arg(value_name = "NAME")]
    name: String,
}

/// Does it.
pub fn run(action: Action, session: &Session) -> Result<(), Failure> {
    let mut contexts = Contexts::read()?;
    match action {
        Action::Add(args) => {
            let context = of_options(session)?;
            note(&format!(
                "context {} is kept, and in use: {}",
                args.name, context.server
            ));
            contexts.contexts.insert(args.name.clone(), context);
            contexts.current = Some(args.name);
            contexts.write()?;
            session.next(&["outbid get campaigns".to_string()]);
        }
        Action::Use(args) => {
            let server = contexts.named(&args.name)?.server.clone();
            note(&format!("context {} is in use: {server}", args.name));
            contexts.current = Some(args.name);
            contexts.write()?;
            session.next(&["outbid get campaigns".to_string()]);
        }
        Action::Remove(args) => {
            contexts.named(&args.name)?;
            contexts.contexts.remove(&args.name);
            contexts.current = contexts.current.filter(|current| *current != args.name);
            contexts.write()?;
            note(&format!(
                "context {} is forgotten; its token is still good",
                args.name
            ));
            session.next(&["outbid token list".to_string()]);
        }
        Action::List => {
            let names = || contexts.contexts.keys().cloned().collect();
            session.print(|| table(&contexts), || tree(&contexts), names)?;
            session.next(&["outbid context use NAME".to_string()]);
        }
        Action::Show => {
            let Some((name, context)) = contexts.current() else {
                let hint =
                    "`outbid context use NAME` takes one; without, the server is looked for at ";
                return Err(Failure::new(Exit::NotFound, "no context is in use")
                    .with_hint(format!("{hint}{}", contexts::USUAL_SERVER)));
            };
            out(&format!("{name}  {}\n", context.server))?;
        }
    }
    Ok(())
}

/// A context of what the command line says.
fn of_options(session: &Session) -> Result<Context, Failure> {
    let server = session
        .server
        .clone()
        .ok_or_else(|| Failure::usage("say where the server is: --server https://HOST:PORT"))?;
    let token = match session.token.as_deref() {
        Some("-") => Some(read_token()?),
        token => token.map(str::to_string),
    };
    if token.is_none() {
        note("there is no token in it: most servers want one (--token -)");
    }
    // A file is named from where the user stands now, and used from wherever they stand later.
    let whole = |path: &Option<std::path::PathBuf>| match path {
        None => Ok(None),
        Some(path) => path.canonicalize().map(Some).map_err(|error| {
            Failure::new(
                Exit::Failed,
                format!("{} cannot be read: {error}", path.display()),
            )
        }),
    };
    Ok(Context {
        server,
        token,
        ca: whole(&session.ca)?,
        cert: whole(&session.cert)?,
        key: whole(&session.key)?,
    })
}

fn read_token() -> Result<String, Failure> {
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(LONGEST_TOKEN)
        .read_to_string(&mut text);
    read.map_err(|error| {
        Failure::new(
            Exit::Failed,
            format!("standard input cannot be read: {error}"),
        )
    })?;
    match text.trim() {
        "" => Err(Failure::usage("there is no token on standard input")),
        token => Ok(token.to_string()),
    }
}

fn rows(contexts: &Contexts) -> impl Iterator<Item = (&str, &Context, bool)> {
    contexts.contexts.iter().map(|(name, context)| {
        (
            name.as_str(),
            context,
            contexts.current.as_deref() == Some(name),
        )
    })
}

fn table(contexts: &Contexts) -> String {
    let columns = ["IN USE", "NAME", "SERVER", "TOKEN"];
    let mut table = Table::new(&columns.map(|title| (title, Side::Left)));
    for (name, context, current) in rows(contexts) {
        let token = if context.token.is_some() { "kept" } else { "" };
        table.row([if current { "*" } else { "" }, name, &context.server, token]);
    }
    table.render()
}

fn tree(contexts: &Contexts) -> Tree {
    let each = rows(contexts).map(|(name, context, current)| {
        Tree::table([
            ("name", Tree::Text(name.to_string())),
            ("server", Tree::Text(context.server.clone())),
            ("has_token", Tree::Bare(context.token.is_some().to_string())),
            ("in_use", Tree::Bare(current.to_string())),
        ])
    });
    Tree::table([("contexts", Tree::List(each.collect()))])
}
