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
.consent { max-width: 36rem; }
.consent h1 { font-size: 1.5rem; line-height: 1.3; }
.consent h2 { font-size: 1rem; }
.consent form { border: 1px solid GrayText; border-radius: .5rem; margin-top: 1rem; padding: 1rem 1.25rem; }
label[for=account] { display: block; font-weight: 600; }
select { box-sizing: border-box; font: inherit; padding: .4rem; width: 100%; }
fieldset { border: 1px solid GrayText; border-radius: .5rem; margin: 1rem 0; }
fieldset p { margin: .25rem 0; }
legend { font-weight: 600; padding: 0 .4rem; }
.scopes { columns: 2 14rem; font-size: .875rem; padding-inline-start: 1.25rem; }
code { overflow-wrap: anywhere; }
.buttons { display: flex; gap: .75rem; margin-bottom: 0; }
button { border: 1px solid GrayText; border-radius: .35rem; cursor: pointer; font: inherit; padding: .5rem 1.25rem; }
button[value=accept] { background: #0b5fd0; border-color: #0b5fd0; color: #fff; }
:focus-visible { outline: 3px solid #f29b00; outline-offset: 2px; }
[role=alert] { border-inline-start: 4px solid #c9372c; padding: .5rem .75rem; }
";
