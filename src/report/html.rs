//! `report.html`: one file that asks nothing of anybody. The templates stand in `templates/`; the policy of the page allows
//! its own style sheet, by hash, and nothing else.

use std::io;

use askama::Template;
use sha2::{Digest, Sha256};

use super::Report;
use super::page::{self, Block, Section, number, sentence, status_class};

const STYLE: &str = include_str!("../../templates/style.css");

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    report: &'a Report,
    sections: Vec<Section>,
    style: &'static str,
    /// The hash of the style sheet, as the policy names it.
    style_hash: String,
    sentence: String,
    status_class: &'static str,
    tiles: Vec<(&'static str, String)>,
}

/// The page of a report.
pub fn render(report: &Report) -> io::Result<Vec<u8>> {
    let persons = &report.balance.persons;
    let rejected: u64 = report.balance.files.values().filter_map(|file| file.get("rejected")).sum();
    let tiles = vec![
        ("Persons", number(persons.present)),
        ("Users", number(persons.emitted)),
        ("Active", number(persons.active)),
        ("Quarantined", number(persons.quarantined)),
        ("Rejected rows", number(rejected)),
    ];
    let page = Page {
        report,
        sections: page::sections(report),
        style: STYLE,
        style_hash: base64(&Sha256::digest(STYLE)),
        sentence: sentence(report),
        status_class: status_class(report),
        tiles,
    };
    page.render().map(String::into_bytes).map_err(io::Error::other)
}

/// Base64 as policies write hashes (RFC 4648).
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let bits = chunk.iter().fold(0u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for digit in 0..4 {
            let index = (bits >> (18 - 6 * digit)) as usize & 63;
            text.push(if digit <= chunk.len() { char::from(DIGITS[index]) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        let vectors = [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")];
        for (text, encoded) in vectors {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
    }
}
