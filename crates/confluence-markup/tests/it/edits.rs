//! Edits as agents make them.
