//! The content tree: what is above and below a page.

use super::{ContentId, Page, Site};

/// An entry below a page, with how far below.
#[derive(Debug)]
pub(crate) struct Descendant<'a> {
    pub(crate) page: &'a Page,
    pub(crate) depth: u32,
}

/// No tree is deeper; a longer chain of parents would be a loop.
const DEEPEST: usize = 1000;

impl Site {
    /// Everything above the page, the nearest first.
    pub(crate) fn ancestors<'a>(&'a self, page: &Page) -> impl Iterator<Item = &'a Page> + use<'a> {
        let nearest = page.parent.and_then(|it| self.entry(it));
        std::iter::successors(nearest, |it| it.parent.and_then(|it| self.entry(it))).take(DEEPEST)
    }

    /// Pages and folders directly below, in the order people see.
    pub(crate) fn children(&self, parent: ContentId) -> impl DoubleEndedIterator<Item = &Page> {
        self.index.children(Some(parent)).filter_map(|it| self.entry(it))
    }

    /// Pages and folders at the top of any space.
    pub(crate) fn top_entries(&self) -> impl Iterator<Item = &Page> {
        self.index.children(None).filter_map(|it| self.entry(it))
    }

    /// Everything at most `depth` levels below, a parent always before its children.
    pub(crate) fn descendants(&self, root: ContentId, depth: u32) -> Vec<Descendant<'_>> {
        let mut found = Vec::new();
        let mut waiting: Vec<Descendant<'_>> =
            self.children(root).rev().map(|page| Descendant { page, depth: 1 }).collect();
        while let Some(next) = waiting.pop() {
            if next.depth < depth {
                let below = self.children(next.page.id).rev();
                waiting.extend(below.map(|page| Descendant { page, depth: next.depth + 1 }));
            }
            found.push(next);
        }
        found
    }

    /// Whether `id` is the page itself or somewhere above it.
    pub(super) fn is_within(&self, page: &Page, id: ContentId) -> bool {
        page.id == id || self.ancestors(page).any(|it| it.id == id)
    }
}
