//! Promises 18 to 20 with the built program: a canary in every personal cell, searched for wherever it must not be; no secret on
//! a command line; and a process that leaves no core and lets nobody read its memory.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::product::{HCMSYNC, Place, Said, project};
use crate::promise;
use crate::sshd::free_port;

/// What every personal cell starts with.
const CANARY: &str = "Kanarie";
/// The columns that say nothing of a person but who it is, when, and how.
const IMPERSONAL: [&str; 13] = [
    "PersonNumber",
    "EffectiveStartDate",
    "EffectiveEndDate",
    "NameType",
    "PeriodType",
    "DateStart",
    "ActualTerminationDate",
    "EffectiveSequence",
    "EffectiveLatestChange",
    "AssignmentType",
    "AssignmentStatusType",
    "AssignmentStatusTypeCode",
    "WorkerType",
];

/// The sample, with a canary in every personal cell: an address stays one, and all are different.
fn canaries() -> Place {
    let mut place = Place::plain();
    place.rewrite("Person", |text| {
        let mut reader = csv::Reader::from_reader(&text[..]);
        let headers = reader.headers().unwrap().clone();
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(&headers).unwrap();
        for (n, row) in reader.records().map(Result::unwrap).enumerate() {
            let cell = |(column, cell): (usize, &str)| match &headers[column] {
                _ if cell.is_empty() => String::new(),
                name if IMPERSONAL.contains(&name) || name.ends_with("Flag") || name.ends_with("Id") => cell.to_owned(),
                "WorkEmail" => format!("{CANARY}.{n}@vision.example"),
                "DateOfBirth" => "1911-11-11".to_owned(),
                name => format!("{CANARY}{name}{n}"),
            };
            writer.write_record(row.iter().enumerate().map(cell)).unwrap();
        }
        writer.into_inner().unwrap()
    });
    place.edit(
        "\"Employee ID\" = \"PersonNumber\"",
        "\"Employee ID\" = \"PersonNumber\"\n\"First Name\" = \"FirstName\"\n\"Last Name\" = \"LastName\"",
    );
    place
}

fn holds_canary(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes).to_lowercase();
    text.contains(&CANARY.to_lowercase()) || text.contains("1911-11-11")
}

/// Where below a folder a canary is, but for outputs, rejects and quarantine.
fn searched(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            if name != "rejects" {
                searched(&path, found);
            }
        } else if !["users.csv", "quarantine.csv"].contains(&name) && holds_canary(&fs::read(&path).unwrap()) {
            found.push(format!("in {}", path.display()));
        }
    }
}

/// A way in which personal cells are in the way of a run, and how it ends.
type Spoiling = (&'static str, i32, fn(&mut Place));

const SPOILINGS: [Spoiling; 22] = [
    ("as it is", 0, |_| {}),
    ("a stray quote in a name", 4, |place| place.replace_in_line("Person", 9, CANARY, "Kanarie\"Kanarie")),
    ("an open quote before a name", 4, |place| place.replace_in_line("Person", 9, CANARY, "\"Kanarie")),
    ("a NUL in a name", 4, |place| place.replace_in_line("Person", 9, CANARY, "Kanarie\0")),
    ("a lone CR in a name", 4, |place| place.replace_in_line("Person", 9, CANARY, "Kanarie\r")),
    ("a name that is no UTF-8", 4, |place| place.rewrite("Person", |text| [&text[..], b"Kanarie\xff\n"].concat())),
    ("a name above 64 KiB", 4, |place| place.replace_in_line("Person", 9, CANARY, &CANARY.repeat(10_000))),
    ("a row cut within a name", 4, |place| place.rewrite("Person", |text| [&text[..], b"500999,Kanarie"].concat())),
    ("a row with too many fields", 0, |place| place.replace_in_line("Person", 9, CANARY, "Kanarie,Kanarie")),
    ("no header but a row", 4, |place| {
        place.rewrite("Person", |text| text.splitn(2, |b| *b == b'\n').nth(1).unwrap().to_vec())
    }),
    ("names in the header", 4, |place| place.replace_in_line("Person", 1, "PersonNumber", "Kanarie.1@vision.example")),
    ("a name as a date", 0, |place| place.replace_in_line("Person", 9, "2000-01-01", CANARY)),
    ("a formula in a name", 0, |place| place.replace_in_line("Person", 9, CANARY, "=Kanarie")),
    ("control characters in a name", 0, |place| place.replace_in_line("Person", 9, CANARY, "\x1b[31mKanarie\x07")),
    ("a file that a pattern of names finds", 4, |place| {
        fs::copy(place.extract("Person"), place.path("in/Person_2099-11-20_\u{1b}.csv")).unwrap();
    }),
    ("everybody has one identifier", 3, |place| {
        place.edit(
            "\"Employee ID\" = \"PersonNumber\"",
            "\"Employee ID\" = \"LegalEmployerName\"\n\"Address\" = \"AddressLine1\"",
        )
    }),
    ("everybody has one address", 3, |place| {
        place.edit("LOWER(WorkEmail)", "COALESCE(NULL, 'Kanarie@vision.example')");
        place.set("max_quarantined", "0");
    }),
    ("a guard", 3, |place| place.set("max_quarantined", "0")),
    ("a target below a file", 8, |place| {
        fs::write(place.path("file"), "").unwrap();
        place.set("to", "\"file/out\"");
    }),
    ("sealed, for a server that does not answer", 8, |place| {
        let (key, port) = (project("sample-data/keys/customer-key_pub.asc"), free_port());
        place.pipeline += &format!(
            "encrypt_to = \"{}\"\nupload = \"sftp://a@127.0.0.1:{port}/in\"\npassword = {{ command = [\"echo\", \"x\"] }}\nretries = 0\n",
            key.display()
        );
    }),
    ("a cast that fails", 0, |place| {
        place.edit("\"Last Name\" = \"LastName\"", "\"Last Name\" = \"TRY_CAST(LastName AS INT)\"")
    }),
    ("a map without the value", 0, |place| {
        place.edit(
            "\"Last Name\" = \"LastName\"",
            "\"Last Name\" = { sql = \"LastName\", map = \"none\", on_unmapped = \"quarantine\" }",
        );
        place.edit("[[output]]", "[maps.none]\nx = \"y\"\n[[output]]");
        place.set("max_quarantined", "\"off\"");
        place.edit("[guard]", "[guard]\nmin_users = 0");
    }),
];

#[test]
fn a_canary_in_every_personal_cell_is_found_in_the_outputs_alone() {
    let (started, mut tried, mut broken) = (Instant::now(), 0, Vec::new());
    for (what, code, spoil) in SPOILINGS {
        let mut place = canaries();
        spoil(&mut place);
        fs::create_dir(place.path("tmp")).unwrap();
        fs::create_dir(place.path("home")).unwrap();
        for words in [&[][..], &["--verbose"], &["--json"], &["--verbose", "--json", "--summary-file", "summary"]] {
            let mut command = place.command(words);
            command.env("TMPDIR", place.path("tmp")).env("HOME", place.path("home")).current_dir(place.path("home"));
            let output = command.output().unwrap();
            let said = [&output.stdout[..], &output.stderr].concat();
            let told = String::from_utf8_lossy(&said).into_owned();
            if output.status.code() != Some(code) || holds_canary(&said) {
                broken.push(format!("{what} {words:?}: {:?} and not {code}: {told}", output.status.code()));
            }
            let known = broken.len();
            for folder in ["out", "tmp", "home"] {
                searched(&place.path(folder), &mut broken);
            }
            broken[known..].iter_mut().for_each(|place| place.insert_str(0, what));
            tried += 1;
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    // They are where they belong: the search would have found them.
    let place = canaries();
    place.publishes(&["--quiet"]);
    assert!(holds_canary(place.published("users.csv").as_bytes()));
    promise::report(18, "a canary in every personal cell", tried, tried, started);
}

/// A run that waits for the program that tells its passphrase.
fn waiting() -> (Place, std::process::Child) {
    let mut place = Place::sealed();
    place.set("passphrase", "{ command = [\"sh\", \"-c\", \"touch asked; exec sleep 30\"] }");
    let child = place.command(&["--quiet"]).stderr(Stdio::null()).spawn().unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    while !place.path("asked").exists() {
        assert!(Instant::now() < deadline, "the secret is never asked for");
        std::thread::sleep(Duration::from_millis(20));
    }
    (place, child)
}

#[test]
fn a_process_leaves_no_core_and_its_command_line_tells_no_secret() {
    let started = Instant::now();
    let (place, mut child) = waiting();
    let of_process = |file: &str| fs::read_to_string(format!("/proc/{}/{file}", child.id())).unwrap_or_default();
    let limits = of_process("limits");
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "{core}");
    // Root may still look; for everybody else the files of a process that cannot be dumped are root's.
    let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(format!("/proc/{}/environ", child.id())).unwrap());
    assert_eq!(owner, 0, "others of this user may read its memory");
    let words = of_process("cmdline");
    // The program, `run`, the pipeline and `--quiet`; a secret has no way onto it.
    assert!(words.split('\0').filter(|word| !word.is_empty()).count() <= 4, "{words}");
    kill_process(Pid::from_child(&child), Signal::KILL).unwrap();
    child.wait().unwrap();
    assert!(!place.path("core").exists());
    promise::report(20, "core, memory and command line of a process", 3, 3, started);
}

#[test]
fn an_empty_passphrase_protects_no_key() {
    let home = tempfile::tempdir().unwrap();
    for empty in ["", "\n"] {
        let mut command = Command::new(HCMSYNC);
        command.args(["keys", "new", "--user-id", "x"]).arg(home.path().join("key")).env("PGP_PASSPHRASE", empty);
        let said = Said::of(&command.output().unwrap());
        assert_eq!(said.code, 2, "{}", said.all());
        assert!(said.stderr.contains("PGP_PASSPHRASE is empty"), "{}", said.stderr);
    }
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn secrets_that_others_can_read_and_links_are_refused() {
    let (started, mut tried) = (Instant::now(), 0);
    let keys = project("sample-data/keys");
    for mode in [0o640, 0o604, 0o620, 0o602, 0o644, 0o660, 0o666, 0o777] {
        let mut place = Place::sealed();
        fs::copy(keys.join("passphrase"), place.path("secret")).unwrap();
        place.set("passphrase", "{ file = \"secret\" }");
        fs::set_permissions(place.path("secret"), fs::Permissions::from_mode(mode)).unwrap();
        let said = place.run(&[]);
        assert!(said.code == 2 && said.stderr.contains("others can read"), "{mode:o}: {}", said.all());
        fs::set_permissions(place.path("secret"), fs::Permissions::from_mode(0o600)).unwrap();
        place.publishes(&["--quiet"]);
        tried += 1;
    }
    // A link where the product writes is not followed; one where it reads an extract is refused.
    for (link, code) in [("out/runs", 8), ("out/.lock", 8), ("out/current", 0)] {
        let place = Place::plain();
        let elsewhere = place.path("elsewhere");
        fs::create_dir_all(place.path("out")).unwrap();
        fs::create_dir_all(&elsewhere).unwrap();
        if code == 0 {
            place.publishes(&["--quiet"]);
        } else {
            let target = if link.ends_with("lock") { elsewhere.join("file") } else { elsewhere.clone() };
            symlink(target, place.path(link)).unwrap();
            assert_eq!(place.run(&["--quiet"]).code, code, "{link}");
        }
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0, "{link} was followed");
        tried += 1;
    }
    let place = Place::plain();
    let extract = place.extract("Person");
    fs::rename(&extract, place.path("moved.csv")).unwrap();
    symlink(place.path("moved.csv"), &extract).unwrap();
    let said = place.run(&[]);
    assert!(said.code == 4 && said.stderr.contains("a symbolic link"), "{}", said.all());
    promise::report(20, "secrets that are open, links in the way", tried + 1, tried + 1, started);
}

#[test]
fn a_password_that_somebody_wrote_into_the_pipeline_file_is_not_repeated() {
    let password = "geheim99";
    let spoilt: &[(&str, &str)] = &[
        ("from = \"in\"", "from = \"sftp://hcm:geheim99@h/x\""),
        ("from = \"in\"", "from = \"ftp://hcm:geheim99@h/x\""),
        ("from = \"in\"", "from = \"sftp://hcm:geheim99@${HCMSYNC_TEST_NOT_SET}/x\""),
        ("from = \"in\"", "from = \"in\"\npassword = \"geheim99\""),
        ("from = \"in\"", "from = \"in\"\npasswort = \"geheim99\""),
        ("from = \"in\"", "from = \"in\"\npassword = \"geheim99"),
        ("from = \"in\"", "from = \"in\"\npassword: geheim99"),
        ("from = \"in\"", "from = \"in\"\npassword = \"\"\"\ngeheim99\n"),
        ("from = \"in\"", "from = \"in\"\npassword = { command = \"geheim99\" }"),
        ("from = \"in\"", "from = \"in\"\npassword = { env = \"X\", value = \"geheim99\" }"),
        ("from = \"in\"", "from = \"in\"\npassword = [\n\"geheim99\"\n]"),
        ("from = \"in\"", "from = \"in\"\n[fetch.password]\nvalue = \"geheim99\""),
        ("from = \"in\"", "from = \"in\"\n[fetch.password]\nenv = [\"geheim99\"]"),
        ("[fetch]\nfrom = \"in\"", "fetch = { from = 1, password = \"geheim99\" }"),
        ("[fetch]\nfrom = \"in\"", "fetch = { from = \"${HCMSYNC_TEST_NOT_SET}\", password = \"geheim99\" }"),
        ("[fetch]\nfrom = \"in\"", "fetch = { from = \"in\", password = \"geheim99\" }"),
        ("[fetch]\n", "decrypt = { secret_key = [], passphrase = \"geheim99\" }\n[fetch]\n"),
        ("to = \"out\"", "to = \"out\"\nupload = \"sftp://hcm:geheim99@h/x\""),
        ("to = \"out\"", "to = \"out\"\nupload = \"hcm:geheim99@h\""),
        ("to = \"out\"", "to = \"out\"\npassphrase = \"geheim99\""),
    ];
    for (from, to) in spoilt {
        let mut place = Place::plain();
        place.edit(from, to);
        for words in [&[][..], &["--json"]] {
            let said = place.run(words);
            assert_eq!(said.code, 2, "{to}: {}", said.all());
            assert!(!said.all().contains(password), "{to}: {}", said.all());
            assert!(said.stderr.contains("pipeline.toml:"), "the place is told: {}", said.all());
        }
    }
    let mut place = Place::plain();
    place.edit("from = \"in\"", "from = \"in\"\npassword = 77340921");
    let said = place.run(&[]);
    assert!(said.code == 2 && !said.all().contains("77340921"), "nor where it is a number: {}", said.all());
}

#[test]
fn a_credential_of_the_unit_is_refused_only_where_all_others_can_read_it() {
    let mut place = Place::sealed();
    let folder = place.path("credentials");
    fs::create_dir(&folder).unwrap();
    fs::copy(project("sample-data/keys/passphrase"), folder.join("pgp")).unwrap();
    place.set("passphrase", "{ credential = \"pgp\" }");
    // Where a unit has User=, systemd 254 lets that user in by an access list: its mask is the group's bits.
    for (mode, code) in [(0o400, 0), (0o440, 0), (0o600, 0), (0o404, 2), (0o444, 2), (0o644, 2)] {
        fs::set_permissions(folder.join("pgp"), fs::Permissions::from_mode(mode)).unwrap();
        let said = Said::of(&place.command(&["--quiet"]).env("CREDENTIALS_DIRECTORY", &folder).output().unwrap());
        assert_eq!(said.code, code, "{mode:o}: {}", said.all());
    }
}
