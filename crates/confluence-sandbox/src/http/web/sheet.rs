//! The style sheet of the web pages.

pub(super) const CSS: &str = "\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 52rem; padding: 1.5rem; }
nav, footer, .meta { color: GrayText; font-size: .875rem; }
h1 { margin: .5rem 0 0; }
article { border-top: 1px solid GrayText; margin-top: 1rem; padding-top: .5rem; }
article img { height: auto; max-width: 100%; }
table { border-collapse: collapse; }
td, th { border: 1px solid GrayText; padding: .25rem .5rem; text-align: start; }
pre { overflow-x: auto; padding: .5rem; border: 1px solid GrayText; }
.labels span { border: 1px solid GrayText; border-radius: 1rem; padding: .1rem .6rem; }
.comment { border-inline-start: 3px solid GrayText; margin: .75rem 0; padding-inline-start: .75rem; }
.depth-1 { margin-inline-start: 1.5rem; }
.depth-2 { margin-inline-start: 3rem; }
.depth-3 { margin-inline-start: 4.5rem; }
.depth-4 { margin-inline-start: 6rem; }
footer { margin-top: 3rem; }
";
