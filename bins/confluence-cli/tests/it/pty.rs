//! A pseudo terminal, and somebody who answers questions there.

use std::{
    fs::File,
    io::{Read, Write},
    process::{Command, Stdio},
};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::process::Rig;

/// How a question ends that waits for an answer.
const QUESTION: &[u8] = b"[y/N] ";

/// Which of the program's streams are the terminal; the others are pipes.
#[derive(Clone, Copy)]
pub(crate) struct On {
    pub(crate) stdout: bool,
}

/// What a person sees, the exit code, and what went into the pipe instead.
pub(crate) struct Seen {
    pub(crate) screen: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
}

/// Runs the program on a pseudo terminal where somebody types `answer` once asked.
pub(crate) fn on_terminal(
    rig: &Rig,
    arguments: &[&str],
    on: On,
    answer: &str,
    colours: bool,
) -> Seen {
    let mut command = rig.command(arguments);
    if !colours {
        command.env("NO_COLOR", "1");
    }
    run(command, on, answer)
}

/// Runs a program in the same way.
pub(crate) fn run(mut command: Command, on: On, answer: &str) -> Seen {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = || File::options().read(true).write(true).open(&name).unwrap();
    command.stdin(terminal()).stderr(terminal());
    command.stdout(if on.stdout { Stdio::from(terminal()) } else { Stdio::piped() });
    let mut child = command.spawn().unwrap();
    // The terminal ends when nobody has it any more.
    drop(command);
    let answer = answer.to_owned();
    let person = std::thread::spawn(move || watch(File::from(master), &answer));
    let mut stdout = String::new();
    if let Some(mut pipe) = child.stdout.take() {
        pipe.read_to_string(&mut stdout).unwrap();
    }
    let code = child.wait().unwrap().code().unwrap();
    Seen { screen: person.join().unwrap(), code, stdout }
}

/// Reads the screen to its end, and answers the question on it.
fn watch(mut master: File, answer: &str) -> String {
    let mut screen = Vec::new();
    let mut part = [0; 4096];
    let mut answered = false;
    while let Ok(length @ 1..) = master.read(&mut part) {
        screen.extend_from_slice(&part[..length]);
        if !answered && screen.ends_with(QUESTION) {
            master.write_all(answer.as_bytes()).unwrap();
            answered = true;
        }
    }
    String::from_utf8_lossy(&screen).into_owned()
}
