//! Scopes: what the client says that it needs is what the documents ask for.

use std::collections::BTreeSet;

use crate::{documents::documents, operations::known};

#[tokio::test]
async fn there_are_twenty_operations_and_the_probe() {
    let names: BTreeSet<_> = known().await.iter().map(|it| it.name).collect();
    assert_eq!(names.len(), 21);
}

#[tokio::test]
async fn every_operation_is_the_documented_one_and_needs_the_documented_scopes() {
    let Some(documents) = documents() else { return };
    for known in known().await {
        let operation = documents.find(&known.method, &known.path).unwrap();
        assert_eq!(operation.id(), known.operation, "{}", known.name);
        let documented: BTreeSet<_> = operation.scopes().into_iter().collect();
        let ours: BTreeSet<_> = known.scopes.iter().map(|it| it.as_str()).collect();
        assert_eq!(ours, documented, "{}", known.name);
        assert_eq!(ours.len(), known.scopes.len(), "{} names a scope twice", known.name);
    }
}
