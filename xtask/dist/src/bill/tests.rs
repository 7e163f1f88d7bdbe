//! What is cut off, and what is not let through.

use serde_json::json;

use super::*;

fn component(name: &str) -> Value {
    let reference = format!("registry+https://github.com/rust-lang/crates.io-index#{name}@1.0.0");
    json!({
        "bom-ref": reference,
        "name": name,
        "version": "1.0.0",
        "licenses": [{ "expression": "MIT" }],
        "purl": format!("pkg:cargo/{name}@1.0.0"),
    })
}

/// A bill as cargo-cyclonedx makes it, of more than the program.
fn raw() -> Value {
    let version = env!("CARGO_PKG_VERSION");
    let own = format!("path+file:///home/ada/bins/program#{version}");
    let components: Vec<_> =
        ["reqwest", "ring", "tokio", "insta"].iter().map(|it| component(it)).collect();
    let references: Vec<_> = components.iter().map(|it| it["bom-ref"].clone()).collect();
    json!({
        "bomFormat": "CycloneDX",
        "metadata": { "component": {
            "bom-ref": own,
            "name": "program",
            "version": version,
            "purl": format!("pkg:cargo/program@{version}?download_url=file://.#src/main.rs"),
        } },
        "components": components,
        "dependencies": [
            { "ref": own, "dependsOn": references },
            { "ref": references[3], "dependsOn": [references[2]] },
            { "ref": references[2] },
        ],
    })
}

fn whole() -> Value {
    let listed = "program v0.1.0 (/home/ada/bins/program)\nreqwest v1.0.0\nring v1.0.0\n\
                  tokio v1.0.0 (*)\n";
    cut(raw(), &parts(listed).unwrap()).unwrap()
}

#[track_caller]
fn refused(change: impl FnOnce(&mut Value), expected: &str) {
    let mut bill = whole();
    change(&mut bill);
    let error = check(&bill, "program").unwrap_err();
    let expected = format!("the bill of materials cannot be used: {expected}");
    assert_eq!(format!("{error:#}"), expected);
}

#[test]
fn only_what_is_in_the_program_is_left() {
    let bill = whole();
    check(&bill, "program").unwrap();
    let names: Vec<_> =
        bill["components"].as_array().unwrap().iter().map(|it| text(it, "name")).collect();
    assert_eq!(names, ["reqwest", "ring", "tokio"]);
    let edges = bill["dependencies"].as_array().unwrap();
    assert_eq!(edges.len(), 2);
    assert_eq!(edges[0]["dependsOn"].as_array().unwrap().len(), 3);
}

#[test]
fn no_folder_is_left() {
    let version = env!("CARGO_PKG_VERSION");
    let own = &whole()["metadata"]["component"];
    assert_eq!(own["bom-ref"], format!("program#{version}"));
    assert_eq!(own["purl"], format!("pkg:cargo/program@{version}"));
}

#[test]
fn a_bill_that_cannot_be_relied_on_is_refused() {
    refused(|it| it["bomFormat"] = json!("SPDX"), "it is not CycloneDX");
    refused(|it| it["metadata"]["component"]["name"] = json!("a"), "it is that of `a`");
    refused(|it| it["metadata"]["component"]["version"] = json!("9"), "it is of another version");
    refused(|it| it["components"] = json!([]), "`reqwest` is missing");
    refused(|it| it["components"][0]["licenses"] = json!([]), "`reqwest` has no licence");
    refused(|it| it["components"][0]["purl"] = json!(""), "`reqwest` has no `purl`");
    refused(|it| it["components"][1] = it["components"][0].clone(), "`reqwest` is there twice");
    refused(
        |it| it["components"].as_array_mut().unwrap().push(component("wiremock")),
        "`wiremock` is not in the program",
    );
    refused(|it| it["dependencies"][0]["ref"] = json!("a"), "`a` is no component of it");
    refused(
        |it| it["components"][0]["description"] = json!("file:///home/ada"),
        "it names a folder of this machine",
    );
}

#[test]
fn a_line_that_names_no_package_is_no_list() {
    assert_eq!(parts("tokio 1.0.0").unwrap_err().to_string(), "no package: `tokio 1.0.0`");
}
