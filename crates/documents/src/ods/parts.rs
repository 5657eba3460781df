//! The parts of an ODS file that do not depend on its rows.

use super::{Written, escape};
use crate::clean::printable;
use crate::sheet::Kind;

pub const MIMETYPE: &str = "application/vnd.oasis.opendocument.spreadsheet";

pub const MANIFEST: &str = include_str!("manifest.xml");

/// The page on its side, the number of the page at its foot, French as the language.
pub const STYLES: &str = include_str!("styles.xml");

/// Begins the content with the styles of the cells: dates and amounts as they are written in France.
pub const CONTENT_BEGIN: &str = include_str!("content-begin.xml");

/// The style of the cells of a column.
pub const fn cell_style(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Date => "date",
        Kind::Money => "money",
        Kind::Number => "number",
    }
}

/// Title, author and date of the file.
pub fn meta(written: &Written) -> String {
    let at = written.at.rfc3339();
    let (title, author) = (escape(&printable(&written.title)), escape(&printable(&written.author)));
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-meta xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.3"><office:meta><meta:generator>Huis</meta:generator><dc:title>{title}</dc:title><meta:initial-creator>{author}</meta:initial-creator><meta:creation-date>{at}</meta:creation-date><dc:language>fr-FR</dc:language></office:meta></office:document-meta>"#
    )
}

/// The header row of each sheet stays in sight while one goes down.
pub fn settings(sheets: &[&str]) -> String {
    let mut xml = String::from(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<office:document-settings xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:config="urn:oasis:names:tc:opendocument:xmlns:config:1.0" office:version="1.3"><office:settings><config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views"><config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1</config:config-item><config:config-item-map-named config:name="Tables">"#,
    );
    for name in sheets {
        xml += &format!(
            r#"<config:config-item-map-entry config:name="{}"><config:config-item config:name="VerticalSplitMode" config:type="short">2</config:config-item><config:config-item config:name="VerticalSplitPosition" config:type="int">1</config:config-item><config:config-item config:name="ActiveSplitRange" config:type="short">2</config:config-item><config:config-item config:name="PositionBottom" config:type="int">1</config:config-item></config:config-item-map-entry>"#,
            escape(name),
        );
    }
    xml + "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed></config:config-item-set></office:settings></office:document-settings>"
}
