//! What is checked on Markdown alone.
