//! What a key opens, in columns: `kind`, `workspace`, `instance`, `user_id`, `agent`, `api`.

use confluence_api::BoxError;
use confluence_auth::{BaseUrl, Hosts};
use confluence_connector::{InstanceKey, KeyKind, UserId, WorkspaceSlug};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Query;
use super::columns::parsed;

/// Binds the columns, in the order of this module's description.
pub(super) fn bind<'q>(query: Query<'q>, kind: &KeyKind) -> Query<'q> {
    let (name, personal, api) = match kind {
        KeyKind::Maintainer => ("maintainer", None, None),
        KeyKind::Editor { .. } => ("editor", None, None),
        KeyKind::Platform { .. } => ("platform", None, None),
        KeyKind::Instruction { .. } => ("instruction", None, None),
        KeyKind::Personal { instance, user, agent } => {
            ("personal", Some((&instance.name, user, agent)), None)
        }
        KeyKind::Deployment { api } => ("deployment", None, Some(api)),
    };
    query
        .bind(name)
        .bind(kind.workspace().map(ToString::to_string))
        .bind(personal.map(|(instance, _, _)| instance.to_string()))
        .bind(personal.map(|(_, user, _)| user.to_string()))
        .bind(personal.map(|(_, _, agent)| agent.to_string()))
        .bind(api.map(ToString::to_string))
}

pub(super) fn read(row: &AnyRow) -> Result<KeyKind, BoxError> {
    let workspace = || parsed::<WorkspaceSlug>(row, "workspace");
    let kind: String = row.try_get("kind")?;
    Ok(match kind.as_str() {
        "maintainer" => KeyKind::Maintainer,
        "editor" => KeyKind::Editor { workspace: workspace()? },
        "platform" => KeyKind::Platform { workspace: workspace()? },
        "instruction" => KeyKind::Instruction { workspace: workspace()? },
        "personal" => KeyKind::Personal {
            instance: InstanceKey { workspace: workspace()?, name: parsed(row, "instance")? },
            user: parsed::<UserId>(row, "user_id")?,
            agent: parsed(row, "agent")?,
        },
        // What was allowed when the key was made is not asked again.
        "deployment" => {
            let api: String = row.try_get("api")?;
            KeyKind::Deployment { api: BaseUrl::parse(&api, Hosts::Any)? }
        }
        _ => return Err("a kind of key that this version does not know".into()),
    })
}
