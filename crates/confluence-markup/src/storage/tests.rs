//! What is checked at the parser's and the editor's public faces.

mod edit;
mod hostile;
mod loss;
mod merge;
mod outline;
mod parse;
mod properties;
