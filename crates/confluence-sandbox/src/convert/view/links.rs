//! Links and images.

use super::{View, safety};
use crate::convert::{
    reference::{self, Resolved, Target},
    tree::Element,
};

impl View<'_> {
    /// `<a>`: only with an address that runs nothing, and opened as an outside page.
    pub(super) fn web_link(&mut self, element: &Element) {
        match element.attribute("href").and_then(safety::address) {
            Some(href) => {
                let attributes =
                    [("href", href), ("class", "external-link"), ("rel", "nofollow noopener")];
                self.around("a", &attributes, &element.children);
            }
            None => self.around("span", &[], &element.children),
        }
    }

    /// `<ac:link>`: to wherever its target is, or marked as unresolved.
    pub(super) fn link(&mut self, link: &Element) {
        let resource = reference::resource(link);
        let anchor = link.attribute("ac:anchor");
        let target = resource.and_then(reference::target);
        let is_person = matches!(target, Some(Target::User { .. }));
        let found = target.as_ref().and_then(|it| self.resolver.resolve(it));
        let name = found.as_ref().map(|it| it.name.clone());
        let web = resource.filter(|it| it.name == "ri:url").and_then(|it| it.attribute("ri:value"));
        let page = match (&found, web, resource) {
            (Some(Resolved { href, .. }), _, _) => Some(href.as_str()),
            (None, Some(web), _) => Some(web),
            (None, None, None) if anchor.is_some() => Some(""),
            (None, None, _) => None,
        };
        let href = page.map(|page| match anchor {
            Some(anchor) => format!("{page}#{anchor}"),
            None => page.to_owned(),
        });
        let href = href.as_deref().and_then(safety::address);
        let class = match (is_person, href) {
            (true, _) => "confluence-userlink user-mention",
            (false, Some(_)) => "confluence-link",
            (false, None) => "unresolved",
        };
        let tag = if href.is_some() { "a" } else { "span" };
        match href {
            Some(href) => self.open("a", &[("href", href), ("class", class)]),
            None => self.open("span", &[("class", class)]),
        }
        let body = link.child("ac:link-body").or_else(|| link.child("ac:plain-text-link-body"));
        if let Some(body) = body.filter(|it| !it.is_blank()) {
            self.nodes(&body.children);
        } else {
            let unnamed = if is_person { "Unknown user" } else { "" };
            let name = name.unwrap_or_else(|| reference::default_text(resource, anchor));
            self.text(if name.is_empty() { unnamed } else { &name });
        }
        self.close(tag);
    }

    pub(super) fn image(&mut self, image: &Element) {
        let resource = reference::resource(image);
        let target = resource.and_then(reference::target);
        let found = target.and_then(|it| self.resolver.resolve(&it)).map(|it| it.href);
        let web = resource.and_then(|it| it.attribute("ri:value"));
        let alt = image.attribute("ac:alt").map_or_else(
            || reference::default_text(resource.filter(|it| it.name != "ri:url"), None),
            str::to_owned,
        );
        let source = found.as_deref().or(web).and_then(safety::image_address);
        let link = image.attribute("ac:href").and_then(safety::address);
        self.out.push_str("<span class=\"confluence-embedded-file-wrapper\">");
        if let Some(href) = link {
            self.open("a", &[("href", href), ("rel", "nofollow noopener")]);
        }
        match source.filter(|it| !it.is_empty()) {
            Some(source) => {
                let is_number = |it: &&str| it.bytes().all(|it| it.is_ascii_digit());
                let mut attributes =
                    vec![("class", "confluence-embedded-image"), ("src", source), ("alt", &*alt)];
                for (name, from) in [("width", "ac:width"), ("height", "ac:height")] {
                    attributes.extend(image.attribute(from).filter(is_number).map(|it| (name, it)));
                }
                self.open("img", &attributes);
                self.out.pop();
                self.out.push_str(" />");
            }
            None => self.labelled("span", &[("class", "unresolved")], &alt),
        }
        if link.is_some() {
            self.close("a");
        }
        self.close("span");
        if let Some(caption) = image.child("ac:caption") {
            self.around("div", &[("class", "image-caption")], &caption.children);
        }
    }
}
