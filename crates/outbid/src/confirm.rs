//! The one question that commands ask: before they raise money or destroy something.

use std::io::{BufRead, IsTerminal, Write};

use crate::failure::{Exit, Failure};

/// Goes on where the user said `--yes`, or says so now. Where nobody can be asked, nothing is done.
pub fn confirm(yes: bool, what: &str) -> Result<(), Failure> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Failure::usage(format!("nothing was done: {what}"))
            .with_hint("add --yes if that is what you mean"));
    }
    let mut answer = String::new();
    let mut stderr = std::io::stderr().lock();
    // A terminal that takes no question gives no answer either.
    let _ = write!(stderr, "{what}. Go on? [y/N] ").and_then(|()| stderr.flush());
    let read = std::io::stdin().lock().read_line(&mut answer);
    match (read, answer.trim()) {
        (Ok(_), "y" | "Y" | "yes") => Ok(()),
        _ => Err(Failure::new(Exit::Usage, "nothing was done")),
    }
}
