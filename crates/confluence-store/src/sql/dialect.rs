//! What differs between the databases.

/// Which database it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// Fills in the words of a schema that differ.
    pub(super) fn schema(self, template: &str) -> String {
        let words = match self {
            Self::Sqlite => [
                ("{text}", "TEXT"),
                ("{bytes}", "BLOB"),
                ("{serial}", "INTEGER PRIMARY KEY AUTOINCREMENT"),
                ("{now}", "CAST(unixepoch('subsec') * 1000000 AS INTEGER)"),
            ],
            Self::Postgres => [
                // Compared byte by byte, as SQLite and Rust do, whatever the database's language.
                ("{text}", "TEXT COLLATE \"C\""),
                ("{bytes}", "BYTEA"),
                ("{serial}", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
                ("{now}", "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"),
            ],
        };
        words.iter().fold(template.to_owned(), |text, (word, means)| text.replace(word, means))
    }

    /// Begins a transaction that is going to write.
    ///
    /// In SQLite, one that begins by reading could not write after somebody else did.
    pub(super) const fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Asks for the name of a table, which is `NULL` or no row where there is no such table.
    pub(super) const fn find_table(self) -> &'static str {
        match self {
            Self::Sqlite => "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $1",
            Self::Postgres => "SELECT CAST(to_regclass($1) AS TEXT)",
        }
    }
}
