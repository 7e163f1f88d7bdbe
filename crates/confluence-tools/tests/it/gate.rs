//! Calls before a gate that knows which spaces are closed.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use confluence_api::{Client, Error, id::SpaceId};
use confluence_tools::{Gate, Place, Verdict, cql};
use serde_json::json;

use crate::rig::{self, Rig};

/// Says of every place the same, and remembers what it was asked.
#[derive(Debug)]
struct Saying {
    verdicts: Option<Verdict>,
    asked: Mutex<Vec<Place>>,
}

#[async_trait]
impl Gate for Saying {
    async fn judge(&self, _client: &Client, places: &[Place]) -> Result<Vec<Verdict>, Error> {
        self.asked.lock().unwrap().extend_from_slice(places);
        Ok(places.iter().filter_map(|_| self.verdicts).collect())
    }

    fn space_ids(&self) -> Option<Vec<SpaceId>> {
        None
    }

    fn space_keys(&self) -> Option<Vec<String>> {
        None
    }

    fn condition(&self) -> Option<cql::Expression> {
        let space = cql::Name::new("space")?;
        cql::Expression::one_of(&space, cql::Operator::NotIn, ["FIN"])
    }
}

async fn before(verdicts: Option<Verdict>) -> (Rig, Arc<Saying>) {
    let gate = Arc::new(Saying { verdicts, asked: Mutex::default() });
    let mut rig = rig::demo().await;
    rig.options.gate = Some(Arc::<Saying>::clone(&gate));
    (rig, gate)
}

#[tokio::test]
async fn a_gate_that_opens_everything_changes_nothing() {
    let (mut rig, _) = before(Some(Verdict::Open)).await;
    let calls = [
        ("pages", json!({ "action": "list", "limit": 5, "outputFormat": "both" })),
        ("spaces", json!({ "action": "list" })),
        ("content", json!({ "action": "children", "id": rig.page("Engineering").await["id"] })),
    ];
    for (tool, arguments) in calls {
        let through = rig.call(tool, arguments.clone()).await;
        let gate = rig.options.gate.take();
        let without = rig.call(tool, arguments).await;
        rig.options.gate = gate;
        assert_eq!(through.text, without.text);
        assert_eq!(through.structured, without.structured);
    }
}

#[tokio::test]
async fn what_a_gate_does_not_answer_stays_closed() {
    for verdicts in [None, Some(Verdict::Unknown), Some(Verdict::Closed)] {
        let (rig, gate) = before(verdicts).await;
        let pages = rig.raw("listPages", json!({ "limit": 5 })).await;
        assert_eq!(pages["results"], json!([]));
        assert_eq!(pages["__omitted"]["count"], 5);
        let failure = rig.failure("getSpace", json!({ "id": "1" })).await;
        assert!(failure.text.starts_with("Forbidden while getSpace: space 1 "), "{}", failure.text);
        assert_eq!(gate.asked.lock().unwrap().len(), 6);
    }
}

#[tokio::test]
async fn entries_are_judged_by_what_they_say_of_themselves() {
    let (rig, gate) = before(Some(Verdict::Open)).await;
    let page = rig.raw("listPages", json!({ "limit": 1 })).await["results"][0].clone();
    let known = Place::KnownPage {
        id: page["id"].as_str().unwrap().parse().unwrap(),
        space: page["spaceId"].as_str().unwrap().parse().unwrap(),
    };
    assert_eq!(*gate.asked.lock().unwrap(), [known]);
    gate.asked.lock().unwrap().clear();
    rig.raw("searchCql", json!({ "cql": "type = space and space = ENG" })).await;
    assert_eq!(*gate.asked.lock().unwrap(), [Place::SpaceKey("ENG".to_owned())]);
}
