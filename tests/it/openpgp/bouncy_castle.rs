//! Messages that Bouncy Castle makes: one Java machine for all of a plan (`BouncyCastle.java` says how its lines read).

use std::path::Path;
use std::process::Command;

use super::{TEXT, World};
use crate::product::project;

/// Debian's libbcpg-java.
const JARS: &str = "/usr/share/java/bcpg.jar:/usr/share/java/bcprov.jar";
/// The public key of the signer that Bouncy Castle makes, a file of the world.
pub const SIGNER: &str = "bouncy-castle.asc";

/// One message, as the plan has it: numbers are OpenPGP's.
#[derive(Clone, Copy, Debug)]
pub struct Made {
    pub cipher: u8,
    /// `9`, `18`, `20-eax`, `20-ocb`.
    pub container: &'static str,
    pub compression: u8,
    pub armored: bool,
    pub partial: bool,
    /// 0 leaves it unsigned.
    pub hash: u8,
    /// Files with public keys, a comma between.
    pub to: &'static str,
}

impl Default for Made {
    fn default() -> Self {
        Made {
            cipher: 9,
            container: "18",
            compression: 1,
            armored: false,
            partial: true,
            hash: 8,
            to: "customer_pub.asc",
        }
    }
}

/// Makes them all, in this order, and the signer's public key.
pub fn make(world: &World, plan: &[Made]) -> Vec<Vec<u8>> {
    std::fs::write(world.path("text"), TEXT).unwrap();
    let line = |(at, made): (usize, &Made)| {
        let form = if made.armored { "armored" } else { "binary" };
        // Of an AEAD packet of partial lengths, Bouncy Castle 1.72 writes the header alone.
        let length = if made.partial && !made.container.starts_with("20") { "partial" } else { "known" };
        let Made { cipher, container, compression, hash, to, .. } = made;
        format!("{at} {cipher} {container} {compression} {form} {length} {hash} {to}\n")
    };
    std::fs::write(world.path("plan"), plan.iter().enumerate().map(line).collect::<String>()).unwrap();
    let output = Command::new("java")
        .args(["-Xshare:auto", "-XX:TieredStopAtLevel=1", "-cp", JARS])
        .arg(project("tests/it/openpgp/BouncyCastle.java"))
        .arg(world.path(""))
        .stdin(std::fs::File::open(world.path("plan")).unwrap())
        .output()
        .expect("java is there: make setup");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (0..plan.len()).map(|at| read(&world.path(&format!("{at}.pgp")))).collect()
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
