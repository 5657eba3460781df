//! A small reader of HTML that finds what a browser would silently mend and what an assistive
//! technology would miss.
#![expect(clippy::indexing_slicing, reason = "a reader for tests: a failure is the test’s")]

use std::collections::{BTreeMap, BTreeSet};

const VOID: [&str; 10] =
    ["meta", "link", "input", "img", "br", "hr", "area", "base", "col", "source"];

struct Tag {
    name: String,
    attributes: BTreeMap<String, String>,
    closing: bool,
    self_closed: bool,
    /// Text between the previous tag and this one.
    before: String,
}

fn tags(html: &str) -> Vec<Tag> {
    let mut out = Vec::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        let before = rest[..start].to_owned();
        let end = start + rest[start..].find('>').unwrap_or(rest.len() - start - 1);
        let inner = &rest[start + 1..end];
        rest = &rest[end + 1..];
        if inner.starts_with('!') {
            continue;
        }
        let closing = inner.starts_with('/');
        let inner = inner.trim_start_matches('/');
        let self_closed = inner.ends_with('/');
        let inner = inner.trim_end_matches('/');
        let (name, mut attrs) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
        let mut attributes = BTreeMap::new();
        loop {
            attrs = attrs.trim_start();
            if attrs.is_empty() {
                break;
            }
            let stop = attrs.find(|c: char| c == '=' || c.is_whitespace()).unwrap_or(attrs.len());
            let key = attrs[..stop].to_owned();
            attrs = &attrs[stop..];
            let mut value = String::new();
            if let Some(quoted) = attrs.strip_prefix("=\"") {
                let close = quoted.find('"').unwrap_or(quoted.len());
                value = quoted[..close].to_owned();
                attrs = quoted.get(close + 1..).unwrap_or("");
            }
            attributes.insert(key, value);
        }
        out.push(Tag { name: name.to_owned(), attributes, closing, self_closed, before });
    }
    out
}

/// Everything wrong with a page.
pub fn faults(html: &str) -> Vec<String> {
    let tags = tags(html);
    let mut faults = nesting(&tags);
    let opened: Vec<&Tag> = tags.iter().filter(|t| !t.closing).collect();

    let mut ids = BTreeSet::new();
    for id in opened.iter().filter_map(|t| t.attributes.get("id")) {
        if id.is_empty() || id.contains(' ') || !ids.insert(id.as_str()) {
            faults.push(format!("id {id:?} twice, empty or with a space"));
        }
    }
    let h1 = opened.iter().filter(|t| t.name == "h1").count();
    if h1 != 1 {
        faults.push(format!("{h1} h1"));
    }
    let labelled: BTreeSet<&str> = opened
        .iter()
        .filter(|t| t.name == "label")
        .filter_map(|t| t.attributes.get("for"))
        .map(String::as_str)
        .collect();
    for tag in &opened {
        let has = |key: &str| tag.attributes.contains_key(key);
        let get = |key: &str| tag.attributes.get(key).map_or("", String::as_str);
        if has("style") || tag.attributes.keys().any(|k| k.starts_with("on")) || tag.name == "style"
        {
            faults.push(format!("inline style or script on <{}>", tag.name));
        }
        if tag.name == "script" && !get("src").starts_with("/static/") {
            faults.push("inline script".into());
        }
        if tag.name == "img" && !has("alt") {
            faults.push("img without alt".into());
        }
        let typed = matches!(tag.name.as_str(), "input" | "select" | "textarea");
        if typed && get("type") != "hidden" && !labelled.contains(get("id")) && !has("aria-label") {
            faults.push(format!("no label for <{} name={:?}>", tag.name, get("name")));
        }
        if tag.name == "label" && !ids.contains(get("for")) {
            faults.push(format!("label for {:?}: no such id", get("for")));
        }
        for key in ["aria-describedby", "aria-labelledby", "list"] {
            for id in get(key).split_whitespace().filter(|id| !ids.contains(id)) {
                faults.push(format!("{key} {id:?}: no such id"));
            }
        }
        if let Some(target) = tag.attributes.get("href") {
            let anchor = target.strip_prefix('#');
            if target.is_empty() || anchor.is_some_and(|a| !ids.contains(a)) {
                faults.push(format!("href {target:?}: empty or no such id"));
            }
        }
    }
    faults.extend(contents(&tags));
    faults
}

fn nesting(tags: &[Tag]) -> Vec<String> {
    let (mut faults, mut open): (Vec<String>, Vec<&str>) = (Vec::new(), Vec::new());
    for tag in tags {
        if tag.closing {
            match open.pop() {
                Some(name) if name == tag.name => {}
                other => faults.push(format!("</{}> closes {other:?}: not closed", tag.name)),
            }
        } else if !tag.self_closed && !VOID.contains(&tag.name.as_str()) {
            // A paragraph holds no block: a browser would close it first.
            let block = [
                "p", "div", "ul", "ol", "dl", "table", "form", "section", "h2", "h3", "fieldset",
                "details",
            ];
            if open.last() == Some(&"p") && block.contains(&tag.name.as_str()) {
                faults.push(format!("<{}> within <p>", tag.name));
            }
            open.push(&tag.name);
        }
    }
    faults.extend(open.iter().map(|name| format!("<{name}> not closed")));
    faults
}

/// Forms that post carry a token; what is pressed, followed or read as a title says something.
fn contents(tags: &[Tag]) -> Vec<String> {
    let mut faults = Vec::new();
    for (i, tag) in tags.iter().enumerate().filter(|(_, t)| !t.closing) {
        let inside: Vec<&Tag> = tags[i + 1..]
            .iter()
            .scan(1, |depth, t| {
                if t.name == tag.name {
                    *depth += if t.closing { -1 } else { 1 };
                }
                (*depth > 0 || t.closing && t.name == tag.name && *depth == 0).then(|| {
                    if *depth == 0 {
                        *depth = -1;
                    }
                    t
                })
            })
            .collect();
        let get = |key: &str| tag.attributes.get(key).map_or("", String::as_str);
        match tag.name.as_str() {
            "form" if get("method") == "post" => {
                let token = |t: &&Tag| t.attributes.get("name").is_some_and(|n| n == "_csrf");
                if !inside.iter().any(token) {
                    faults.push(format!("form {:?} without _csrf", get("action")));
                }
            }
            "button" | "a" | "h1" | "h2" | "h3" | "legend" | "summary" | "label" | "th"
            | "caption" => {
                let text = inside.iter().any(|t| !t.before.trim().is_empty());
                if !text && !tag.attributes.contains_key("aria-label") {
                    faults.push(format!("empty <{}>", tag.name));
                }
            }
            _ => {}
        }
    }
    faults
}

/// What a line of a template shows, without tags and template code.
pub fn text_of_template_line(line: &str) -> String {
    let mut out = String::new();
    let mut chars = line.chars().peekable();
    let mut within: Option<char> = None;
    while let Some(c) = chars.next() {
        match (within, c) {
            (None, '{') if matches!(chars.peek(), Some('{' | '%')) => within = Some('}'),
            (None, '<') => within = Some('>'),
            (Some(end), c) if c == end => {
                within = None;
                // Stands for what the tag showed: the text on both sides does not touch.
                out.push('\u{200b}');
            }
            (None, '}') => {}
            (None, c) => out.push(c),
            _ => {}
        }
    }
    out
}
