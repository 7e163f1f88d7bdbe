use super::*;

const INDEX: &str = r#"<h3 id="structs">Structs</h3><ul class="all-items"><li><a href="struct.Gone.html">Gone</a></li><li><a href="pages/struct.ListPages.html">pages::ListPages</a></li></ul><h3 id="traits">Traits</h3><ul class="all-items"><li><a href="trait.List.html">List</a></li></ul><footer><li><a href="other.html">other</a></li></footer>"#;

const ITEM: &str = r##"<nav><h3 class="code-header">not this</h3></nav>
<pre class="rust item-decl"><code><div class="code-attribute">#[non_exhaustive]</div>pub struct Page&lt;T&gt; {<details><summary class="hideme"><span>Show 2 fields</span></summary>
    pub rows: <a class="struct" href="https://doc.rust-lang.org/1.95.0/alloc/vec/struct.Vec.html" title="struct alloc::vec::Vec">Vec</a>&lt;T&gt;,
<span class="item-spacer"></span>    pub error: <a class="struct" href="https://docs.rs/serde_json/1/serde_json/error/struct.Error.html" title="struct serde_json::error::Error">Error</a>,
</details>}</code></pre><div class="docblock">Some <code>words</code>.</div>
<section id="impl-Page%3CT%3E" class="impl"><h3 class="code-header">impl&lt;T&gt; <a href="struct.Page.html" title="struct ours::Page">Page</a>&lt;T&gt;</h3></section>
<section id="method.new" class="method"><h4 class="code-header">pub fn <a href="#method.new" class="fn">new</a>(
    rows: T,
) -&gt; Self<div class="where">where
    T: <a class="trait" href="https://doc.rust-lang.org/x.html" title="trait core::clone::Clone">Clone</a>,</div></h4></section>
<section id="impl-List-for-Page" class="impl"><h3 class="code-header">impl List for Page</h3></section>
<section id="associatedtype.Item" class="associatedtype trait-impl"><h4 class="code-header">type Item = Row</h4></section>
<section id="method.clone" class="method trait-impl"><h4 class="code-header">fn clone(&amp;self) -&gt; Page</h4></section>
<section id="impl-StructuralPartialEq-for-Page" class="impl"><h3 class="code-header">impl StructuralPartialEq for Page</h3></section>
<h2 id="synthetic-implementations">Auto</h2>
<section id="impl-Freeze-for-Page" class="impl"><h3 class="code-header">impl Freeze for Page</h3></section>
<section id="impl-UnsafeUnpin-for-Page" class="impl"><h3 class="code-header">impl UnsafeUnpin for Page</h3></section>
<section id="impl-Send-for-Page" class="impl"><h3 class="code-header">impl !<a href="https://doc.rust-lang.org/s.html" title="trait core::marker::Send">Send</a> for Page</h3></section>
<h2 id="blanket-implementations">Blanket</h2>
<section id="impl-Any-for-T" class="impl"><h3 class="code-header">impl Any for T</h3></section>"##;

const TRAIT: &str = r#"<pre class="rust item-decl"><code>pub trait List: Send {
    // Required method
    fn <a href="tymethod.next">next</a>(&amp;self);
}</code></pre><section id="tymethod.next" class="method"><h4 class="code-header">fn next(&amp;self)</h4></section>"#;

const MODULE: &str = r#"<dl class="item-table reexports"><dt id="reexport.List"><code>pub use paging::<a class="trait" href="paging/trait.List.html" title="trait ours::paging::List">List</a>;</code></dt></dl>"#;

#[test]
fn documentation_without_items_is_an_error_and_no_empty_listing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(listing(folder.path()).unwrap_err().to_string().starts_with("cannot read "));

    fs::write(folder.path().join("all.html"), "<h1>Items</h1>").unwrap();
    let error = listing(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "rustdoc's index names no items: its form has changed");

    fs::create_dir(folder.path().join("pages")).unwrap();
    for page in ["index.html", "pages/index.html", "pages/struct.ListPages.html"] {
        fs::write(folder.path().join(page), "").unwrap();
    }
    fs::write(folder.path().join("all.html"), INDEX.replace("Gone", "")).unwrap();
    fs::write(folder.path().join("struct..html"), "<pre class=\"rust\">pub struct</pre>").unwrap();
    let error = listing(folder.path()).unwrap_err().to_string();
    assert_eq!(error, "struct..html declares nothing: rustdoc's form has changed");
}

#[test]
fn each_item_is_listed_with_what_it_is_and_implements() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("pages")).unwrap();
    for (page, text) in [
        ("all.html", INDEX),
        ("index.html", MODULE),
        ("pages/index.html", ""),
        ("struct.Gone.html", "<pre class=\"rust item-decl\"><code>pub struct Gone;</code></pre>"),
        ("pages/struct.ListPages.html", ITEM),
        ("trait.List.html", TRAIT),
        ("struct.Stale.html", ITEM),
    ] {
        fs::write(folder.path().join(page), text).unwrap();
    }
    let expected = "\
pub use paging::List;

## Gone
pub struct Gone;

## pages::ListPages
#[non_exhaustive]
pub struct Page<T> {
    pub rows: Vec<T>,
    pub error: serde_json::Error,
}
impl<T> Page<T>
    pub fn new(rows: T) -> Self where T: Clone,
impl List for Page
    type Item = Row
impl !Send for Page

## List
pub trait List: Send {
    // Required method
    fn next(&self);
}
";
    assert_eq!(listing(folder.path()).unwrap(), expected);
}
