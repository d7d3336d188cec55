//! Oracle's flags: `Y` and `N`, and the other spellings in which they are exported.

/// Reads a trimmed, non-blank flag: `Y`/`N`, `Yes`/`No`, `true`/`false`, `1`/`0`, in any case (`resolution.md` section 0).
/// `None` is anything else (`ROW034`).
pub fn read(text: &str) -> Option<bool> {
    const YES: [&str; 4] = ["Y", "YES", "TRUE", "1"];
    const NO: [&str; 4] = ["N", "NO", "FALSE", "0"];
    if YES.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        Some(true)
    } else if NO.iter().any(|word| text.eq_ignore_ascii_case(word)) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn spellings() {
        assert_eq!([read("y"), read("Yes"), read("TRUE"), read("1")], [Some(true); 4]);
        assert_eq!([read("N"), read("no"), read("False"), read("0")], [Some(false); 4]);
        assert_eq!([read("X"), read("01"), read("J"), read("yes please")], [None; 4]);
    }
}
