use crate::{
    loss::{Change, LossKind},
    storage::{Document, compare},
};

#[track_caller]
fn losses(old: &str, new: &str) -> Vec<String> {
    let (old, new) = (Document::parse(old).unwrap(), Document::parse(new).unwrap());
    assert!(compare(&old, &old).is_empty());
    compare(&old, &new).losses.iter().map(ToString::to_string).collect()
}

#[track_caller]
fn none(old: &str, new: &str) {
    assert_eq!(losses(old, new), [""; 0]);
}

const JIRA: &str = "<ac:structured-macro ac:name=\"jira\" ac:macro-id=\"m1\"><ac:parameter \
                    ac:name=\"key\">ABC-1</ac:parameter></ac:structured-macro>";

#[test]
fn a_macro_that_is_gone() {
    assert_eq!(losses(&format!("<p>a {JIRA}</p>"), "<p>a</p>"), ["macro removed: jira key=ABC-1"]);
}

#[test]
fn a_macro_whose_parameter_changed() {
    let new = JIRA.replace("ABC-1", "ABC-2");
    assert_eq!(losses(JIRA, &new), ["macro changed: jira key=ABC-1 (key)"]);
    // Without an id, a macro of the same name is taken for it.
    let without = |it: &str| it.replace(" ac:macro-id=\"m1\"", "");
    assert_eq!(losses(&without(JIRA), &without(&new)), ["macro changed: jira key=ABC-1 (key)"]);
}

#[test]
fn a_macro_that_is_one_of_two_of_its_name() {
    let second = JIRA.replace("m1", "m2").replace("ABC-1", "ABC-2");
    let old = format!("<p>{JIRA}{second}</p>");
    assert_eq!(losses(&old, &format!("<p>{second}</p>")), ["macro removed: jira key=ABC-1"]);
    none(&old, &format!("<p>{second}{JIRA}</p>"));
}

#[test]
fn an_extension_that_is_gone_and_its_fallback_is_not_counted() {
    let old = "<ac:adf-extension><ac:adf-node type=\"panel\"><ac:adf-attribute key=\"panel-type\">note\
               </ac:adf-attribute><ac:adf-content><p>x</p></ac:adf-content></ac:adf-node>\
               <ac:adf-fallback><ac:image><ri:url ri:value=\"u\"/></ac:image></ac:adf-fallback>\
               </ac:adf-extension>";
    assert_eq!(losses(old, "<p>x</p>"), ["macro removed: panel panel-type=note"]);
    assert_eq!(
        losses(old, &old.replace(">note<", ">success<")),
        ["macro changed: panel panel-type=note (panel-type)"]
    );
}

#[test]
fn an_image_that_is_gone_or_has_another_size() {
    let image =
        "<ac:image ac:width=\"100\" ac:alt=\"a\"><ri:attachment ri:filename=\"a.png\"/></ac:image>";
    assert_eq!(losses(image, ""), ["image removed: attachment a.png"]);
    assert_eq!(
        losses(image, &image.replace("100", "90")),
        ["image changed: attachment a.png (ac:width)"]
    );
    none(image, &image.replace("ac:alt=\"a\"", "ac:alt=\"b\""));
}

#[test]
fn a_link_to_a_page_that_is_gone() {
    let old = "<p><ac:link><ri:page ri:space-key=\"DOC\" ri:content-title=\"Plan\" \
               ri:version-at-save=\"3\"/><ac:link-body>x</ac:link-body></ac:link></p>";
    assert_eq!(losses(old, "<p>x</p>"), ["link removed: page DOC Plan"]);
    none(old, &old.replace(" ri:version-at-save=\"3\"", ""));
    let space = " ri:space-key=\"DOC\"";
    none(old, &old.replace(space, "").replace("\"Plan\"", &format!("\"Plan\"{space}")));
    assert_eq!(losses(old, &old.replace("Plan", "Other")), ["link removed: page DOC Plan"]);
}

#[test]
fn a_link_to_a_file_of_another_page_is_one_thing() {
    let old = "<ac:link><ri:attachment ri:filename=\"a.pdf\"><ri:page ri:content-title=\"P\"/>\
               </ri:attachment></ac:link>";
    assert_eq!(losses(old, ""), ["link removed: attachment a.pdf of P"]);
}

#[test]
fn a_mention_that_is_gone() {
    let old = "<p><ac:link><ri:user ri:account-id=\"1:2\"/></ac:link> \
               <ac:link><ri:user ri:account-id=\"1:2\"/></ac:link></p>";
    assert_eq!(losses(old, "<p></p>"), ["mention removed: 1:2", "mention removed: 1:2"]);
    let one = "<p><ac:link><ri:user ri:account-id=\"1:2\"/></ac:link></p>";
    assert_eq!(losses(old, one), ["mention removed: 1:2"]);
}

#[test]
fn a_layout_that_is_gone_or_lost_a_cell() {
    let cell = "<ac:layout-cell><p>a</p></ac:layout-cell>";
    let layout = |cells: usize| {
        let cells = cell.repeat(cells);
        format!(
            "<ac:layout><ac:layout-section ac:type=\"x\">{cells}</ac:layout-section></ac:layout>"
        )
    };
    assert_eq!(losses(&layout(2), "<p>a</p>"), ["layout removed: x with 2 cells"]);
    assert_eq!(losses(&layout(2), &layout(1)), ["layout changed: x with 2 cells (cells)"]);
}

#[test]
fn a_task_whose_id_is_gone() {
    let old = "<ac:task-list><ac:task><ac:task-id>7</ac:task-id><ac:task-status>incomplete\
               </ac:task-status><ac:task-body>Do it</ac:task-body></ac:task></ac:task-list>";
    assert_eq!(losses(old, &old.replace(">7<", ">8<")), ["task removed: 7 `Do it`"]);
    none(old, &old.replace("incomplete", "complete").replace("Do it", "Do that"));
}

#[test]
fn a_comment_whose_text_is_gone() {
    let old = "<p>a <ac:inline-comment-marker ac:ref=\"r1\">word</ac:inline-comment-marker> b</p>";
    assert_eq!(losses(old, "<p>a word b</p>"), ["inline comment removed: `word`"]);
    assert_eq!(losses(old, &old.replace("word", "")), ["inline comment removed: `word`"]);
    none(old, &old.replace("word", "term"));
}

#[test]
fn text_that_markdown_shows_may_change() {
    let status = "<ac:structured-macro ac:name=\"status\" ac:macro-id=\"s\"><ac:parameter \
                  ac:name=\"title\">OPEN</ac:parameter><ac:parameter ac:name=\"colour\">Red\
                  </ac:parameter></ac:structured-macro>";
    none(status, &status.replace("OPEN", "DONE").replace("Red", "Green"));
    let code = "<ac:structured-macro ac:name=\"code\"><ac:parameter ac:name=\"language\">sh\
                </ac:parameter><ac:plain-text-body><![CDATA[a]]></ac:plain-text-body>\
                </ac:structured-macro>";
    none(code, &code.replace(">sh<", ">bash<").replace("[a]", "[b]"));
    assert_eq!(losses(code, ""), ["macro removed: code language=sh"]);
}

#[test]
fn what_confluence_writes_at_will_does_not_count() {
    none(JIRA, &JIRA.replace(" ac:macro-id=\"m1\"", " ac:schema-version=\"1\" ac:macro-id=\"m2\""));
}

#[test]
fn a_loss_says_what_it_is_to_programs_too() {
    let (old, new) = (Document::parse(JIRA).unwrap(), Document::parse("").unwrap());
    let report = compare(&old, &new);
    assert_eq!(report.losses[0].kind, LossKind::Macro);
    assert_eq!(report.losses[0].change, Change::Removed);
    assert_eq!(report.to_string(), "- macro removed: jira key=ABC-1");
}
