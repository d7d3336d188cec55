//! What each script of `tests/hostile/server.py` must come to.

/// A script of the server, and how a run against it must end.
pub struct Lie {
    pub script: &'static str,
    /// The promise that it tries.
    pub promise: u8,
    pub code: i32,
    /// What stderr must hold.
    pub says: &'static [&'static str],
    /// More lines of `[fetch]`.
    pub fetch: &'static str,
    pub as_of: Option<&'static str>,
    /// Whether known_hosts does not know the server at all.
    pub is_unknown: bool,
}

const fn lie(promise: u8, script: &'static str, code: i32, says: &'static [&'static str]) -> Lie {
    Lie { script, promise, code, says, fetch: "", as_of: None, is_unknown: false }
}

pub const LIES: &[Lie] = &[
    lie(7, "honest", 0, &[]),
    lie(8, "dots", 0, &[]),
    // Names.
    lie(8, "name-parent", 6, &["leads out of it", "../Person"]),
    lie(8, "name-absolute", 6, &["leads out of it", "/etc/Person"]),
    lie(8, "name-below", 6, &["leads out of it"]),
    lie(8, "name-unwanted", 6, &["leads out of it", "no honest server"]),
    // To libssh2 an empty name is the end of the list.
    lie(8, "name-empty", 0, &[]),
    lie(8, "name-nul", 6, &["leads out of it", "\\0"]),
    lie(8, "name-escape", 4, &["unusable name", "\\u{1b}[2J"]),
    lie(8, "name-newline", 4, &["unusable name", "\\nerror: forged\\n"]),
    lie(8, "name-not-utf-8", 4, &["unusable name"]),
    lie(8, "name-of-255-bytes", 4, &["different generations"]),
    lie(8, "name-long", 5, &["its folder was listed"]),
    lie(8, "name-huge", 5, &["its folder was listed"]),
    lie(8, "name-twice", 4, &["cannot be told"]),
    // Kinds.
    lie(8, "a-link", 4, &["a symbolic link", "not followed"]),
    lie(8, "a-folder", 4, &["a folder"]),
    lie(8, "a-pipe", 4, &["neither file nor folder"]),
    lie(8, "a-device", 4, &["neither file nor folder"]),
    lie(8, "a-link-when-looked-at", 4, &["a symbolic link"]),
    lie(8, "a-link-once-read", 5, &["is not whole"]),
    // Sizes.
    lie(7, "smaller-than-told", 5, &["is not whole"]),
    lie(7, "larger-than-told", 5, &["is not whole"]),
    lie(7, "told-empty", 5, &["is not whole"]),
    lie(7, "told-2-to-63", 4, &["more than max_bytes"]),
    lie(7, "told-2-to-64", 4, &["more than max_bytes"]),
    lie(7, "no-size", 4, &["does not tell the size"]),
    lie(7, "growing", 5, &["is not whole"]),
    lie(7, "shrinking", 5, &["is not whole"]),
    lie(7, "no-attributes", 4, &["does not tell the size"]),
    lie(7, "no-mode", 0, &[]),
    lie(7, "no-time", 0, &[]),
    // Times.
    Lie { fetch: "max_age = \"26h\"", ..lie(9, "old-time", 4, &["is too old"]) },
    lie(9, "future-time", 0, &[]),
    lie(7, "changing-time", 5, &["is not whole"]),
    // Bytes.
    lie(7, "early-end", 5, &["is not whole"]),
    lie(7, "empty-data", 5, &["Person_2026-11-20.csv.pgp"]),
    lie(7, "more-data-than-asked", 5, &["Person_2026-11-20.csv.pgp"]),
    lie(7, "other-data", 6, &["Person_2026-11-20.csv.pgp"]),
    lie(7, "drips", 5, &["Person_2026-11-20.csv.pgp"]),
    lie(7, "renamed-in-between", 5, &["is gone"]),
    lie(7, "stalls-at-read", 5, &["was read"]),
    lie(7, "stalls-at-list", 5, &["its folder was listed"]),
    lie(7, "stalls-at-open", 5, &["was opened"]),
    // Answers that are no success.
    lie(7, "denied-at-list", 4, &["cannot be read"]),
    lie(7, "missing-at-list", 4, &["cannot be read"]),
    lie(7, "fails-at-list", 5, &["its folder was opened"]),
    lie(7, "fails-in-list", 5, &["its folder was listed"]),
    lie(7, "fails-at-look", 5, &["its folder was listed"]),
    lie(7, "denied-at-open", 4, &["Person_2026-11-20.csv.pgp cannot be read"]),
    lie(7, "missing-at-open", 5, &["is gone"]),
    lie(7, "fails-at-open", 5, &["was opened"]),
    lie(7, "fails-at-read", 5, &["was read"]),
    lie(7, "fails-at-close", 0, &[]),
    lie(7, "unknown-code-at-open", 5, &["was opened"]),
    // Listings and packets.
    lie(8, "huge-listing", 4, &["more than 100000 names"]),
    lie(8, "endless-listing", 4, &["more than 100000 names"]),
    lie(8, "dripping-listing", 5, &["its folder was listed"]),
    lie(8, "count-lies", 5, &["its folder was listed"]),
    lie(8, "length-lies", 5, &["its folder was listed"]),
    lie(8, "long-handle", 0, &[]),
    lie(8, "empty-handle", 5, &["its folder was opened"]),
    lie(8, "version-99", 0, &[]),
    lie(8, "no-version", 5, &["SFTP was opened"]),
    // Connections that end or stall.
    lie(7, "hangs-up-at-init", 5, &["SFTP was opened"]),
    lie(7, "hangs-up-at-list", 5, &["its folder was opened"]),
    lie(7, "hangs-up-in-list", 5, &["its folder was listed"]),
    lie(7, "hangs-up-at-look", 5, &[]),
    lie(7, "hangs-up-at-open", 5, &[]),
    lie(7, "hangs-up-at-read", 5, &[]),
    lie(7, "hangs-up-in-read", 5, &[]),
    lie(7, "hangs-up-at-close", 5, &[]),
    lie(7, "hangs-up-at-connect", 5, &["does not speak SSH as it should"]),
    lie(7, "hangs-up-at-banner", 5, &["does not speak SSH as it should"]),
    lie(7, "hangs-up-at-login", 5, &["logging in"]),
    lie(7, "stalls-at-connect", 5, &["does not speak SSH as it should"]),
    lie(7, "stalls-at-login", 5, &["logging in"]),
    lie(6, "banner-garbage", 5, &["does not speak SSH as it should"]),
    lie(6, "banner-endless", 5, &["does not speak SSH as it should"]),
    lie(6, "banner-huge", 5, &["does not speak SSH as it should"]),
    // Who it is, and how it lets in.
    lie(6, "key-changed", 6, &["has changed", "somebody may stand between"]),
    Lie { is_unknown: true, ..lie(6, "key-changed", 6, &["is not known", "compare the fingerprint"]) },
    lie(6, "key-of-another-type", 6, &["of another type"]),
    lie(6, "login-refused", 5, &["refused the login", "by password"]),
    lie(6, "login-partial", 5, &["refused the login"]),
    lie(6, "login-questions", 5, &["refused the login"]),
    lie(6, "login-one-question", 0, &[]),
    lie(6, "login-key-only", 5, &["refused the login"]),
    // Sets.
    lie(9, "three-generations", 4, &["different generations"]),
    lie(9, "replayed", 4, &["is older than", "was published last"]),
    Lie { as_of: Some("\"today\""), ..lie(9, "of-a-later-date", 4, &["made for a later date"]) },
];
