//! A calendar as RFC 5545 writes it: lines of 75 bytes at most, folded; texts escaped; identities
//! that stay, so that a deadline that moves moves in the calendar too.

use huis_kernel::{Date, Instant};
use jiff::ToSpan;
use std::collections::BTreeMap;

/// A deadline: an event of a whole day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Event {
    /// What it is, whatever its date.
    pub id: String,
    /// Its day.
    pub on: Date,
    /// What it says.
    pub summary: String,
}

/// The longest line, in bytes, its end not counted (RFC 5545, 3.1).
const LONGEST: usize = 75;

/// The calendar.
pub(super) fn write(events: &[Event], now: Instant) -> String {
    let stamp = jiff::Timestamp::from_millisecond(now.0)
        .map(|t| t.strftime("%Y%m%dT%H%M%SZ").to_string())
        .unwrap_or_default();
    let mut out = String::new();
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Huis//FR",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Huis",
    ] {
        line(&mut out, text);
    }
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for event in events {
        // Two deadlines of one rule in one dossier are told apart by their order.
        let nth = seen.entry(&event.id).and_modify(|n| *n += 1).or_insert(1);
        let next = event.on.saturating_add(1.days());
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}-{nth}@huis", escaped(&event.id)));
        line(&mut out, &format!("DTSTAMP:{stamp}"));
        line(&mut out, &format!("DTSTART;VALUE=DATE:{}", event.on.strftime("%Y%m%d")));
        line(&mut out, &format!("DTEND;VALUE=DATE:{}", next.strftime("%Y%m%d")));
        line(&mut out, &format!("SUMMARY:{}", escaped(&event.summary)));
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => {}
            c => out.push(c),
        }
    }
    out
}

/// One line, folded between characters.
fn line(out: &mut String, text: &str) {
    let mut room = LONGEST;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LONGEST - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn a_calendar_is_folded_escaped_and_unfolds_to_what_was_said() {
        let long = "é, ; \\ ".repeat(30);
        let event = |summary: &str| Event {
            id: "4821-7730-K-audience".into(),
            on: date(2026, 12, 31),
            summary: summary.into(),
        };
        let text = write(&[event(&long), event("Audience")], Instant(0));
        assert!(text.lines().all(|l| l.len() <= LONGEST), "{text}");
        assert!(text.ends_with("END:VCALENDAR\r\n"));
        let unfolded = text.replace("\r\n ", "");
        assert!(unfolded.contains(&format!("SUMMARY:{}", escaped(&long))));
        assert!(unfolded.contains("UID:4821-7730-K-audience-1@huis\r\nDTSTAMP:19700101T000000Z"));
        assert!(unfolded.contains("UID:4821-7730-K-audience-2@huis"));
        assert!(unfolded.contains("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270101"));
        assert_eq!(escaped("a,b;c\\d\ne"), "a\\,b\\;c\\\\d\\ne");
    }
}
