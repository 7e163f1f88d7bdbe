//! Agents that have called.

use std::collections::BTreeSet;

use async_trait::async_trait;
use confluence_api::BoxError;
use confluence_connector::{InstanceKey, MAX_SEEN_AGENTS, SeenAgent, SeenAgents, StoreError};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Store;
use super::columns::{limit, parsed, time};
use super::error::{corrupt, lacks_owner};
use super::time::to_micros;

const RECORD: &str = "INSERT INTO seen_agent (workspace, instance, agent, last_seen, allowed) \
    VALUES ($1, $2, $3, $4, $5) \
    ON CONFLICT (workspace, instance, agent) DO UPDATE \
    SET last_seen = excluded.last_seen, allowed = excluded.allowed \
    WHERE excluded.last_seen >= seen_agent.last_seen";

const TRIM: &str = "DELETE FROM seen_agent WHERE workspace = $1 AND instance = $2 \
    AND agent IN (SELECT agent FROM seen_agent WHERE workspace = $1 AND instance = $2 \
        ORDER BY last_seen DESC, agent LIMIT 100000 OFFSET $3)";

const LIST: &str = "SELECT agent, last_seen, allowed FROM seen_agent \
    WHERE workspace = $1 AND instance = $2 ORDER BY last_seen DESC, agent LIMIT $3";

#[async_trait]
impl SeenAgents for Store {
    async fn record(&self, seen: &[(InstanceKey, SeenAgent)]) -> Result<(), StoreError> {
        // Each on its own, so that writers never wait for each other in a circle.
        for (instance, agent) in seen {
            let query = sqlx::query(RECORD)
                .bind(instance.workspace.to_string())
                .bind(instance.name.to_string())
                .bind(agent.agent.to_string())
                .bind(to_micros(agent.last_seen))
                .bind(i64::from(agent.allowed));
            let recorded = self.write(async {
                match query.execute(self.pool()).await {
                    Err(error) if lacks_owner(&error) => Ok(()),
                    recorded => recorded.map(drop),
                }
            });
            recorded.await?;
        }
        let instances: BTreeSet<_> = seen.iter().map(|(instance, _)| instance).collect();
        for instance in instances {
            let query = sqlx::query(TRIM)
                .bind(instance.workspace.to_string())
                .bind(instance.name.to_string())
                .bind(limit(MAX_SEEN_AGENTS));
            self.write(query.execute(self.pool())).await?;
        }
        Ok(())
    }

    async fn list(&self, instance: &InstanceKey) -> Result<Vec<SeenAgent>, StoreError> {
        let query = sqlx::query(LIST)
            .bind(instance.workspace.to_string())
            .bind(instance.name.to_string())
            .bind(limit(MAX_SEEN_AGENTS));
        self.read(query.fetch_all(self.pool())).await?.iter().map(seen_agent).collect()
    }
}

fn seen_agent(row: &AnyRow) -> Result<SeenAgent, StoreError> {
    let read = || -> Result<SeenAgent, BoxError> {
        Ok(SeenAgent {
            agent: parsed(row, "agent")?,
            last_seen: time(row, "last_seen")?,
            allowed: row.try_get::<i64, _>("allowed")? != 0,
        })
    };
    read().map_err(|it| corrupt("an agent that called", it))
}
