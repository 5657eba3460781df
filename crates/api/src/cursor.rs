//! Where the next page starts, as one opaque text: it says an instant and a place, nothing personal,
//! and whoever makes one up sees what they may see anyway.

use huis_kernel::{CaseNumber, Instant};
use huis_usecases::{oversight::TracePlace, partners::DepositPlace};

use crate::problem::{FaultShape, Problem};

fn wrong() -> Problem {
    let text = "Reprenez la valeur de « suite » telle quelle.";
    Problem::of("illisible").with(vec![FaultShape::of("apres", text)])
}

fn hex(text: &str) -> String {
    text.bytes().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<String> {
    let digits = text.as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 400 {
        return None;
    }
    let byte = |pair: &[u8]| {
        let pair = std::str::from_utf8(pair).ok()?;
        u8::from_str_radix(pair, 16).ok()
    };
    let bytes: Option<Vec<u8>> = digits.chunks(2).map(byte).collect();
    String::from_utf8(bytes?).ok()
}

/// The place after a row of a list.
pub fn of_row((at, number): (Instant, CaseNumber)) -> String {
    hex(&format!("{} {}", at.0, number.digits()))
}

/// Back.
pub fn row(text: &str) -> Result<(Instant, CaseNumber), Problem> {
    let read = || {
        let plain = unhex(text)?;
        let (at, digits) = plain.split_once(' ')?;
        Some((Instant(at.parse().ok()?), CaseNumber::from_digits(digits.parse().ok()?)?))
    };
    read().ok_or_else(wrong)
}

/// The place after a deposit.
pub fn of_deposit((at, number, no): DepositPlace) -> String {
    hex(&format!("{} {} {no}", at.0, number.digits()))
}

/// Back.
pub fn deposit(text: &str) -> Result<DepositPlace, Problem> {
    let read = || {
        let plain = unhex(text)?;
        let (place, no) = plain.rsplit_once(' ')?;
        let (at, digits) = place.split_once(' ')?;
        let number = CaseNumber::from_digits(digits.parse().ok()?)?;
        Some((Instant(at.parse().ok()?), number, no.parse().ok()?))
    };
    read().ok_or_else(wrong)
}

/// The place after a line of the trace.
pub fn of_line(place: &TracePlace) -> String {
    hex(&format!("{} {} {}", place.at.0, place.index, place.log))
}

/// Back.
pub fn line(text: &str) -> Result<TracePlace, Problem> {
    let read = || {
        let plain = unhex(text)?;
        let mut parts = plain.splitn(3, ' ');
        let at = Instant(parts.next()?.parse().ok()?);
        let index = parts.next()?.parse().ok()?;
        Some(TracePlace { at, index, log: parts.next()?.to_owned() })
    };
    read().ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_nothing_else_reads() {
        let place = (Instant(1_790_000_000_123), CaseNumber::from_digits(48_217_730).unwrap());
        assert_eq!(row(&of_row(place)).unwrap(), place);
        let of_one = (place.0, place.1, 3);
        assert_eq!(deposit(&of_deposit(of_one)).unwrap(), of_one);
        let of_trace = TracePlace { at: Instant(-4), index: 7, log: "expulsion/essai.1".into() };
        assert_eq!(line(&of_line(&of_trace)).unwrap(), of_trace);
        for text in ["", "0", "zz", "é", "20", &hex("1 100000000"), &"61".repeat(300)] {
            assert!(row(text).is_err(), "{text}");
            assert!(line(text).is_err(), "{text}");
            assert!(deposit(text).is_err(), "{text}");
        }
    }
}
