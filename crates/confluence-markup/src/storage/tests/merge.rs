use crate::storage::{Document, MergeError, Place, WriteError, to_markdown};

#[track_caller]
fn merge(body: &str, edit: impl Fn(&str) -> String) -> Result<String, MergeError> {
    let document = Document::parse(body).unwrap();
    document.merge_markdown(0..body.len(), &edit(&to_markdown(&document)))
}

/// Replaces one text of the Markdown by another, and expects the body to change alike.
#[track_caller]
fn check(body: &str, (from, to): (&str, &str), expected: &str) {
    let markdown = to_markdown(&Document::parse(body).unwrap());
    assert!(markdown.contains(from), "{markdown}");
    assert_eq!(merge(body, |it| it.replacen(from, to, 1)).unwrap(), expected, "{markdown}");
}

/// As [`check`], where the body has the same texts.
#[track_caller]
fn alike(body: &str, from: &str, to: &str) {
    check(body, (from, to), &body.replacen(from, to, 1));
}

#[track_caller]
fn refused(body: &str, from: &str, to: &str) -> WriteError {
    match merge(body, |it| it.replacen(from, to, 1)) {
        Err(MergeError::Write(error)) => error,
        other => panic!("{other:?}\n{}", to_markdown(&Document::parse(body).unwrap())),
    }
}

const JIRA: &str = "<ac:structured-macro ac:name=\"jira\" ac:macro-id=\"j\"><ac:parameter \
                    ac:name=\"key\">ABC-1</ac:parameter></ac:structured-macro>";

#[test]
fn references_and_ids_beside_an_edit_stay() {
    alike("<p local-id=\"1\">a&nbsp;b &ldquo;word&rdquo; &mdash; c</p>", "word", "term");
    alike("<p>one  two\n three</p>", "three", "four");
}

#[test]
fn a_no_break_space_that_a_model_makes_a_space_stays() {
    check(
        "<p>30&nbsp;% of all</p>",
        ("30\u{a0}% of", "30 % of nearly"),
        "<p>30&nbsp;% of nearly all</p>",
    );
}

#[test]
fn white_space_of_both_sorts_is_apart() {
    alike("<p><b><b>word&nbsp; </b>*</b></p>", "word", "term");
}

#[test]
fn a_style_in_itself_is_there_once() {
    alike("<p><b>*<b><b>`</b>_</b>word</b></p>", "word", "term");
}

#[test]
fn styles_keep_their_tags_and_get_new_ones() {
    alike("<p><b>old</b> <i class=\"x\">text</i></p>", "old", "new");
    check("<p>make this bold</p>", ("this", "**this**"), "<p>make <strong>this</strong> bold</p>");
    check("<p>not <b>this</b> bold</p>", ("**this**", "this"), "<p>not this bold</p>");
    check("<p>a <b>b</b> c</p>", ("**b**", "*b*"), "<p>a <em>b</em> c</p>");
}

#[test]
fn styles_that_touch_are_edited_apart() {
    let body = "<p><strong><em>a</em></strong><strong>b</strong> end</p>";
    alike(body, "end", "start");
    alike("<p><strong>a </strong>b<em> c</em></p>", "b", "bb");
}

#[test]
fn an_element_that_ends_inside_of_a_word_stays() {
    alike("<p><b><span>é</span>word</b> a<span class=\"x\">b</span>c d</p>", "word", "term");
    alike("<p>un<span style=\"color: red;\">think</span>able &ldquo;x&rdquo; a</p>", " a", " b");
}

#[test]
fn a_word_between_two_of_a_style_goes_into_one_of_them() {
    check(
        "<p><span><b>word</b></span><b>1.</b></p>",
        ("word", "word2"),
        "<p><span><b>word</b></span><b>21.</b></p>",
    );
}

#[test]
fn colours_and_other_unseen_elements_stay_around_their_text() {
    let body = "<p>a <span style=\"color: red;\">red word</span> b</p>";
    alike(body, "red word", "red term");
    check(body, ("red word", "blue one"), "<p>a <span style=\"color: red;\">blue one</span> b</p>");
}

#[test]
fn a_comment_stays_at_its_text() {
    let marker = "<ac:inline-comment-marker ac:ref=\"r\">some words</ac:inline-comment-marker>";
    let body = format!("<p>a {marker} b</p>");
    alike(&body, "words", "terms");
    alike(&body, " b", " and b");
    check(
        &body,
        ("[[comment #m1]]some words[[/comment #m1]]", "some words"),
        "<p>a some words b</p>",
    );
}

#[test]
fn a_comment_at_nothing_but_white_space_stays() {
    let marker = "<ac:inline-comment-marker ac:ref=\"r\"> </ac:inline-comment-marker>";
    alike(&format!("<p><b>word{marker}</b></p>"), "word", "term");
}

#[test]
fn placeholders_move_with_all_their_bytes() {
    let body = format!("<p>see {JIRA} first</p><p>then that</p>");
    let moved = merge(&body, |it| {
        it.replace("see [[macro:jira key=ABC-1 #m1]] first", "see first")
            .replace("then that", "then that [[macro:jira key=ABC-1 #m1]]")
    });
    assert_eq!(moved.unwrap(), format!("<p>see first</p><p>then that {JIRA}</p>"));
}

#[test]
fn placeholders_that_mean_nothing_or_something_else_are_refused() {
    let body = format!("<p>see {JIRA}</p>");
    assert!(matches!(refused(&body, "#m1", "#m7"), WriteError::UnknownPlaceholder(_)));
    assert!(matches!(refused(&body, "ABC-1", "ABC-2"), WriteError::ChangedPlaceholder { .. }));
    assert!(matches!(refused("<p>a</p>", "a", "[[layout:x]]"), WriteError::CannotMake(_)));
}

#[test]
fn links_keep_what_they_lead_to() {
    let link = "<ac:link><ri:page ri:content-title=\"P &amp; Q\" ri:version-at-save=\"3\" />\
                <ac:link-body>text</ac:link-body></ac:link>";
    alike(&format!("<p>see {link}</p>"), "text", "more text");
    let plain = "<ac:link><ri:attachment ri:filename=\"a.pdf\" /><ac:plain-text-link-body>\
                 <![CDATA[the file]]></ac:plain-text-link-body></ac:link>";
    check(
        &format!("<p>see {plain}</p>"),
        ("the file", "the A&B file"),
        &format!("<p>see {}</p>", plain.replace("the file", "the A&B file")),
    );
}

#[test]
fn a_link_in_a_link_is_its_text() {
    alike("<p><a href=\"x\"><a href=\"y\">in</a> word</a></p>", "word", "term");
}

#[test]
fn a_link_to_what_runs_is_refused() {
    for target in ["javascript:alert(1)", "JaVaScript:x", "data:text/html,x", "vbscript:x"] {
        let to = format!("[a](<{target}>)");
        assert!(matches!(refused("<p>a</p>", "a", &to), WriteError::UnsafeLink(_)), "{target}");
    }
}

#[test]
fn text_never_becomes_markup() {
    check(
        "<p>a</p>",
        ("a", "a <script>x</script> &amp; <b onclick=x>"),
        "<p>a &lt;script&gt;x&lt;/script&gt; &amp; &lt;b onclick=x&gt;</p>",
    );
    check("<p>a</p>", ("a", "`</code><x>`"), "<p><code>&lt;/code&gt;&lt;x&gt;</code></p>");
}

#[test]
fn items_and_tasks_keep_their_ids() {
    let list =
        "<ul local-id=\"l\"><li local-id=\"1\"><p>a</p></li><li local-id=\"2\"><p>b</p></li></ul>";
    check(
        list,
        ("- b", "- new\n- b"),
        &list.replace("<li local-id=\"2\"", "<li><p>new</p></li><li local-id=\"2\""),
    );
    check(list, ("- a\n", ""), &list.replace("<li local-id=\"1\"><p>a</p></li>", ""));
    let task = "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete\
                </ac:task-status><ac:task-body><span class=\"x\">do it</span></ac:task-body></ac:task>\
                </ac:task-list>";
    check(task, ("[ ]", "[x]"), &task.replace("incomplete", "complete"));
    alike(task, "do it", "do it now");
}

#[test]
fn tasks_below_items_are_a_list_of_their_own() {
    let list = "<ul local-id=\"l\"><li><p>a&nbsp;b</p></li></ul>";
    let task = "<ac:task-list><ac:task><ac:task-status>incomplete</ac:task-status><ac:task-body>t\
                </ac:task-body></ac:task></ac:task-list>";
    check(list, ("b\n", "b\n- [ ] t\n"), &format!("{list}{task}"));
    check(list, ("- a", "- [ ] t\n- a"), &format!("{task}{list}"));
}

#[test]
fn a_numbered_list_gets_another_first_number() {
    let body = "<ol start=\"3\" local-id=\"l\"><li><p>a</p></li></ol>";
    check(body, ("3. a", "5. a"), &body.replace("\"3\"", "\"5\""));
}

const TABLE: &str = "<table data-w=\"1\"><tbody><tr><th><p>A</p></th><th><p>B</p></th></tr><tr>\
                     <td class=\"c\"><p>1&nbsp;x</p></td><td><p /></td></tr></tbody></table>";

#[test]
fn cells_rows_and_columns_change_alone() {
    check(TABLE, ("1\u{a0}x", "1\u{a0}y"), &TABLE.replace("1&nbsp;x", "1&nbsp;y"));
    check(TABLE, ("|  |", "| full |"), &TABLE.replace("<p />", "<p>full</p>"));
    check(
        TABLE,
        ("\n| 1", "\n| 0 | z |\n| 1"),
        &TABLE.replace("<tr><td class", "<tr><td><p>0</p></td><td><p>z</p></td></tr><tr><td class"),
    );
    let wider = merge(TABLE, |it| {
        it.replace("| A |", "| N | A |")
            .replace("| --- |", "| --- | --- |")
            .replace("| 1", "| 9 | 1")
    });
    assert!(wider.is_ok(), "{wider:?}");
}

#[test]
fn cells_that_cover_others_stay_as_wide() {
    let body = "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td colspan=\"2\"><p>both</p></td></tr>\
                <tr><td rowspan=\"2\"><p>tall</p></td><td>1</td></tr><tr><td>2</td></tr></tbody></table>";
    alike(body, "both", "both cells");
    alike(body, "tall", "tall one");
    assert!(matches!(refused(body, "[[merged-left]]", "own text"), WriteError::MergedCell(_)));
    // A row between the two makes the tall one taller.
    let merged = merge(body, |it| {
        it.replace("| [[merged-up]] | 2 |", "| [[merged-up]] | new |\n| [[merged-up]] | 2 |")
    });
    let merged = merged.unwrap();
    assert!(
        merged.contains("rowspan=\"3\"") && merged.contains("<tr><td><p>new</p></td></tr>"),
        "{merged}"
    );
}

#[test]
fn blocks_in_a_cell_are_edited_in_place() {
    let body = "<table><tbody><tr><th>A</th></tr><tr><td><p>one</p><ul><li><p>two</p></li><li><p>three</p></li>\
                </ul></td></tr></tbody></table>";
    alike(body, "two", "two and a half");
    alike(body, "three", "four");
}

#[test]
fn code_keeps_its_macro_and_cannot_be_left() {
    let code = |text: &str| {
        format!(
            "<ac:structured-macro ac:name=\"code\" ac:macro-id=\"c\"><ac:parameter ac:name=\"language\">sh\
                 </ac:parameter><ac:plain-text-body><![CDATA[{text}]]></ac:plain-text-body></ac:structured-macro>"
        )
    };
    check(&code("ls\n"), ("ls", "ls -l"), &code("ls -l\n"));
    check(&code("ls"), ("ls", "a]]>b"), &code("a]]]]><![CDATA[>b"));
    check(&code("ls"), ("```sh", "```bash"), &code("ls").replace(">sh<", ">bash<"));
}

#[test]
fn panels_and_expands_change_their_kind_and_title() {
    let panel = "<ac:structured-macro ac:name=\"info\" ac:macro-id=\"p\"><ac:rich-text-body><p>a</p>\
                 </ac:rich-text-body></ac:structured-macro>";
    check(panel, ("[!NOTE]", "[!WARNING]"), &panel.replace("\"info\"", "\"warning\""));
    let expand = "<ac:structured-macro ac:name=\"expand\" ac:macro-id=\"p\"><ac:parameter ac:name=\"title\">Old\
                  </ac:parameter><ac:rich-text-body><p>a</p></ac:rich-text-body></ac:structured-macro>";
    check(expand, ("expand:Old", "expand:A & B"), &expand.replace("Old", "A &amp; B"));
    check(expand, ("\na\n", "\na b\n"), &expand.replace(">a<", ">a b<"));
}

#[test]
fn text_beside_a_layout_gets_a_section() {
    let layout = "<ac:layout><ac:layout-section ac:type=\"two_equal\"><ac:layout-cell><p>a</p></ac:layout-cell>\
                  <ac:layout-cell><p>b</p></ac:layout-cell></ac:layout-section></ac:layout>";
    let end = "</ac:layout-section></ac:layout>";
    let section = "</ac:layout-section><ac:layout-section ac:type=\"fixed-width\"><ac:layout-cell><p>new</p>\
                   </ac:layout-cell></ac:layout-section></ac:layout>";
    assert_eq!(merge(layout, |it| format!("{it}\nnew\n")).unwrap(), layout.replace(end, section));
    assert_eq!(refused(layout, "[[/cell #m2]]", "[[/cell #m2]]\n\nloose"), WriteError::OutsideCell);
}

#[test]
fn what_markdown_does_not_show_stays() {
    let body = "<p>a</p><!-- note --><p /><p>b</p>\n<p>c</p>";
    check(body, ("b\n\n", ""), "<p>a</p><!-- note --><p />\n<p>c</p>");
    check(body, ("b", "bb"), &body.replace(">b<", ">bb<"));
}

#[test]
fn a_section_is_replaced_in_markdown() {
    let body = format!("<h1>A</h1><p id=\"1\">x {JIRA}</p><p id=\"2\">y</p><h1>B</h1><p>z</p>");
    let document = Document::parse(&body).unwrap();
    let edited = document
        .edit_section_markdown("a", Place::Replace, "x [[macro:jira key=ABC-1 #m1]]\n\ny!\n")
        .unwrap();
    assert_eq!(edited, body.replace(">y<", ">y!<"));
    let appended = document.edit_section_markdown("a", Place::Append, "more").unwrap();
    assert_eq!(appended, body.replace("<h1>B", "<p>more</p><h1>B"));
    assert!(document.edit_section_markdown("c", Place::Append, "more").is_err());
}

#[test]
fn a_part_has_the_ids_of_the_whole() {
    let body =
        format!("<h1>A</h1><p>{JIRA}</p><h1>B</h1><p>{}</p>", JIRA.replace("ABC-1", "ABC-2"));
    let document = Document::parse(&body).unwrap();
    let section = document.section("b").unwrap();
    assert_eq!(document.to_markdown(section.outer()), "# B\n\n[[macro:jira key=ABC-2 #m2]]\n");
}

#[test]
fn an_image_gets_another_text_in_its_place() {
    let image = |alt: &str| {
        format!(
            "<ac:image ac:width=\"9\"{alt}><ri:attachment ri:filename=\"a b.png\" /></ac:image>"
        )
    };
    let edit = ("![](<attachment:a b.png>", "![a \"b\"](<attachment:a b.png>");
    check(&image(" ac:alt=\"\""), edit, &image(" ac:alt=\"a &quot;b&quot;\""));
    check(&image(" ac:alt=''"), edit, &image(" ac:alt='a &quot;b&quot;'"));
    let new = image("").replace("<ac:image", "<ac:image ac:alt=\"a &quot;b&quot;\"");
    check(&image(""), edit, &new);
}

#[test]
fn the_example_of_the_readme_holds() {
    let body = "<p local-id=\"a1\">Due <ac:inline-comment-marker ac:ref=\"r7\">next&nbsp;week\
                </ac:inline-comment-marker>.</p><ac:structured-macro ac:name=\"jira\" \
                ac:macro-id=\"j1\"><ac:parameter ac:name=\"key\">ABC-1</ac:parameter>\
                </ac:structured-macro>";
    let markdown = to_markdown(&Document::parse(body).unwrap());
    assert_eq!(
        markdown,
        "Due [[comment #m1]]next\u{a0}week[[/comment #m1]].\n\n[[macro:jira key=ABC-1 #m2]]\n"
    );
    alike(body, "Due", "Due at last");
}
