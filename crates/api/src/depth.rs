//! How deep a document goes, before it is read: what is nested without end costs nothing.

/// The deepest document that is read; the API's own go five deep.
pub const DEEPEST: usize = 16;

/// Is the text nested deeper than [`DEEPEST`]? Brackets within strings do not count.
pub fn too_deep(text: &[u8]) -> bool {
    let (mut depth, mut within, mut escaped) = (0_usize, false, false);
    for byte in text {
        match (within, escaped, byte) {
            (true, true, _) => escaped = false,
            (true, false, b'\\') => escaped = true,
            (true, false, b'"') => within = false,
            (true, ..) => {}
            (false, _, b'"') => within = true,
            (false, _, b'{' | b'[') => {
                depth += 1;
                if depth > DEEPEST {
                    return true;
                }
            }
            (false, _, b'}' | b']') => depth = depth.saturating_sub(1),
            (false, ..) => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nested_too_deep_is_known_before_it_is_read() {
        let nested = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(!too_deep(nested(DEEPEST).as_bytes()));
        assert!(too_deep(nested(DEEPEST + 1).as_bytes()));
        let text = format!("[\"{}\\\"{}\"]", "[".repeat(40), "{".repeat(40));
        assert!(!too_deep(text.as_bytes()));
        assert!(too_deep("{\"a\":".repeat(20).as_bytes()));
    }
}
