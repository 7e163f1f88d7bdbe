//! The operation table: what there is to do, under which names, and what it needs.
//!
//! Method, path and scopes stay with the endpoint in `confluence-api`; tool, action, instruction
//! and effect are said here. Schemas, docs, error texts, scope hints, read-only mode and
//! instructions are all derived from this table.

use std::collections::BTreeSet;

use confluence_api::{
    Endpoint, attachments, comments, content, labels, pages, scope::Scope, search, spaces, versions,
};

/// What an operation does to the site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Reads only.
    Read,
    /// Creates or changes content.
    Write,
    /// Removes content, or replaces what was there.
    Destroy,
}

/// One of the twenty-one operations.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// Name of its tool.
    pub tool: &'static str,
    /// Its action within the tool.
    pub action: &'static str,
    /// Its canonical name, used in errors, logs, docs and as a call of its own.
    pub instruction: &'static str,
    /// What it does to the site.
    pub effect: Effect,
    /// Granular scopes that it needs, all of them.
    pub scopes: &'static [Scope],
    /// HTTP method.
    pub method: &'static str,
    /// Path, with `{id}` where the id goes.
    pub path: &'static str,
}

impl Operation {
    /// Whether it leaves the site as it is.
    pub fn is_read(&self) -> bool {
        self.effect == Effect::Read
    }

    /// The operation of that instruction name.
    pub fn by_instruction(name: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|operation| operation.instruction == name)
    }

    /// The operation of that tool and action.
    pub fn of(tool: &str, action: &str) -> Option<&'static Self> {
        OPERATIONS.iter().find(|it| it.tool == tool && it.action == action)
    }
}

const fn row<E: Endpoint>(
    tool: &'static str,
    action: &'static str,
    instruction: &'static str,
    effect: Effect,
    path: &'static str,
) -> Operation {
    let method = match effect {
        Effect::Read => "GET",
        Effect::Write => "POST",
        Effect::Destroy => "DELETE",
    };
    Operation { tool, action, instruction, effect, scopes: E::SCOPES, method, path }
}

/// Every operation, in the order of the tools.
pub const OPERATIONS: &[Operation] = {
    use Effect::{Destroy, Read, Write};
    &[
        row::<pages::ListPages>("pages", "list", "listPages", Read, "/wiki/api/v2/pages"),
        row::<pages::GetPage>("pages", "get", "getPage", Read, "/wiki/api/v2/pages/{id}"),
        row::<pages::GetPage>("pages", "getBody", "getPageBody", Read, "/wiki/api/v2/pages/{id}"),
        row::<pages::CreatePage>("pages", "create", "createPage", Write, "/wiki/api/v2/pages"),
        Operation {
            method: "PUT",
            ..row::<pages::UpdatePage>(
                "pages",
                "update",
                "updatePage",
                Destroy,
                "/wiki/api/v2/pages/{id}",
            )
        },
        Operation {
            method: "PUT",
            scopes: &[Scope::ReadPage, Scope::WritePage],
            ..row::<pages::UpdatePage>(
                "pages",
                "edit",
                "editPage",
                Write,
                "/wiki/api/v2/pages/{id}",
            )
        },
        row::<pages::DeletePage>(
            "pages",
            "delete",
            "deletePage",
            Destroy,
            "/wiki/api/v2/pages/{id}",
        ),
        row::<spaces::ListSpaces>("spaces", "list", "listSpaces", Read, "/wiki/api/v2/spaces"),
        row::<spaces::GetSpace>("spaces", "get", "getSpace", Read, "/wiki/api/v2/spaces/{id}"),
        row::<search::SearchCql>("search", "cql", "searchCql", Read, "/wiki/rest/api/search"),
        row::<content::ListChildren>(
            "content",
            "children",
            "getPageChildren",
            Read,
            "/wiki/api/v2/pages/{id}/direct-children",
        ),
        row::<content::ListAncestors>(
            "content",
            "ancestors",
            "getPageAncestors",
            Read,
            "/wiki/api/v2/pages/{id}/ancestors",
        ),
        row::<content::ListDescendants>(
            "content",
            "descendants",
            "getPageDescendants",
            Read,
            "/wiki/api/v2/pages/{id}/descendants",
        ),
        row::<comments::ListFooterComments>(
            "comments",
            "getFooter",
            "getFooterComments",
            Read,
            "/wiki/api/v2/pages/{id}/footer-comments",
        ),
        row::<comments::CreateFooterComment>(
            "comments",
            "addFooter",
            "addFooterComment",
            Write,
            "/wiki/api/v2/footer-comments",
        ),
        row::<comments::ListInlineComments>(
            "comments",
            "getInline",
            "getInlineComments",
            Read,
            "/wiki/api/v2/pages/{id}/inline-comments",
        ),
        row::<labels::ListPageLabels>(
            "labels",
            "getForPage",
            "getPageLabels",
            Read,
            "/wiki/api/v2/pages/{id}/labels",
        ),
        row::<labels::AddLabels>(
            "labels",
            "addToPage",
            "addPageLabel",
            Write,
            "/wiki/rest/api/content/{id}/label",
        ),
        row::<attachments::ListPageAttachments>(
            "attachments",
            "listForPage",
            "getPageAttachments",
            Read,
            "/wiki/api/v2/pages/{id}/attachments",
        ),
        row::<attachments::GetAttachment>(
            "attachments",
            "get",
            "getAttachment",
            Read,
            "/wiki/api/v2/attachments/{id}",
        ),
        row::<versions::ListPageVersions>(
            "versions",
            "listForPage",
            "getPageVersions",
            Read,
            "/wiki/api/v2/pages/{id}/versions",
        ),
    ]
};

/// Which operations a caller gets to see and use.
#[derive(Debug, Clone, Default)]
pub struct Surface {
    /// Leaves only operations that read.
    pub read_only: bool,
    /// The scopes that the caller's credential holds, where they are known.
    pub granted: Option<Vec<Scope>>,
    /// Instructions that a policy closes to the caller.
    pub closed: BTreeSet<&'static str>,
}

impl Surface {
    /// Why `operation` is not part of this surface, if it is not.
    pub fn excludes(&self, operation: &Operation) -> Option<Exclusion> {
        if self.read_only && !operation.is_read() {
            return Some(Exclusion::ReadOnly);
        }
        if self.closed.contains(operation.instruction) {
            return Some(Exclusion::Policy);
        }
        let granted = self.granted.as_deref()?;
        let missing = operation.scopes.iter().find(|scope| !granted.contains(scope))?;
        Some(Exclusion::Scope(*missing))
    }

    /// The operations of `tool` on this surface.
    pub fn operations(&self, tool: &str) -> impl Iterator<Item = &'static Operation> {
        let tool = tool.to_owned();
        OPERATIONS.iter().filter(move |it| it.tool == tool && self.excludes(it).is_none())
    }
}

/// Why an operation is not available.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exclusion {
    /// The server or the caller's policy allows reading only.
    ReadOnly,
    /// The caller's policy does not open it.
    Policy,
    /// The credential lacks this scope.
    Scope(Scope),
}

#[cfg(test)]
mod tests {
    use super::{Exclusion, OPERATIONS, Operation, Surface};
    use confluence_api::scope::Scope;

    #[test]
    fn names_are_unique() {
        assert_eq!(OPERATIONS.len(), 21);
        for (index, operation) in OPERATIONS.iter().enumerate() {
            let rest = &OPERATIONS[index + 1..];
            let same = |it: &&Operation| {
                it.instruction == operation.instruction
                    || (it.tool, it.action) == (operation.tool, operation.action)
            };
            assert!(!rest.iter().any(|it| same(&it)), "{}", operation.instruction);
        }
    }

    #[test]
    fn a_read_only_surface_has_no_writes() {
        let surface = Surface { read_only: true, ..Surface::default() };
        let update = Operation::by_instruction("updatePage").unwrap();
        assert_eq!(surface.excludes(update), Some(Exclusion::ReadOnly));
        assert_eq!(surface.operations("pages").count(), 3);
    }

    #[test]
    fn a_closed_operation_is_closed_whatever_is_granted() {
        let closed = ["getPage"].into();
        let surface = Surface { granted: Some(Scope::ALL.to_vec()), closed, ..Surface::default() };
        let excludes = |name| surface.excludes(Operation::by_instruction(name).unwrap());
        assert_eq!(excludes("getPage"), Some(Exclusion::Policy));
        assert_eq!(excludes("getPageBody"), None);
    }

    #[test]
    fn an_operation_needs_all_of_its_scopes() {
        let surface = Surface { granted: Some(vec![Scope::ReadLabel]), ..Surface::default() };
        let add = Operation::by_instruction("addPageLabel").unwrap();
        assert_eq!(surface.excludes(add), Some(Exclusion::Scope(Scope::WriteLabel)));
    }
}
