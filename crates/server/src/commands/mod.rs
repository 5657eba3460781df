//! One file a subcommand.

pub mod admin;
pub mod backup;
pub mod calc;
pub mod conformite;
pub mod demo;
pub mod doctor;
pub mod import;
pub mod init;
pub mod keys;
pub mod register;
pub mod retention;
pub mod scale;
pub mod serve;
pub mod trace;

use std::io::Write;

/// Says a line to the person at the terminal. A closed pipe is no fault.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// Says an error.
pub fn say_error(line: &str) {
    let _ = writeln!(std::io::stderr(), "huis : {line}");
}

/// A progress bar on one line of the terminal; silent when the output is not one.
pub fn progress(what: &str, done: usize, of: usize) {
    use std::io::IsTerminal;
    let mut err = std::io::stderr();
    let tenths = (done * 20).checked_div(of).unwrap_or(20);
    let bar: String = (0..20).map(|i| if i < tenths { '█' } else { '░' }).collect();
    if err.is_terminal() {
        let end = if done >= of { "\n" } else { "" };
        let _ = write!(err, "\r{what} {bar} {done}/{of}{end}");
    } else if done >= of {
        let _ = writeln!(err, "{what} {done}/{of}");
    }
    let _ = err.flush();
}
