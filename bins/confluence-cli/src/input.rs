//! What is read: a file, or standard input.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use crate::failed::Failed;

/// The largest content that is read, in bytes; Confluence itself takes 5 MB.
const LARGEST: u64 = 32 * 1024 * 1024;

/// The content of a file; `-` is standard input.
pub(crate) fn read(path: &Path, flag: &str) -> Result<Vec<u8>, Failed> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|it| it.take(LARGEST + 1).read_to_end(&mut bytes))
    };
    if let Err(error) = read {
        return Err(Failed::usage(format!("cannot read {flag} `{}`: {error}", path.display())));
    }
    if bytes.len() as u64 > LARGEST {
        let reason = format!("{flag} `{}` is larger than {LARGEST} bytes", path.display());
        return Err(Failed::usage(reason));
    }
    Ok(bytes)
}

/// The text of a file; `-` is standard input.
pub(crate) fn read_text(path: &Path, flag: &str) -> Result<String, Failed> {
    String::from_utf8(read(path, flag)?).map_err(|_not_text| {
        Failed::usage(format!("{flag} `{}` is no text in UTF-8", path.display()))
    })
}
