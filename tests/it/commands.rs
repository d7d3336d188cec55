//! Commands as data: what is typed, and what is said. The files of `tests/cmd` and the examples of the READMEs are run as they stand;
//! `TRYCMD=overwrite` writes what is said now into them.

#[test]
fn commands_say_what_their_files_say() {
    // What an older build published there is not to be compared with.
    let _ = std::fs::remove_dir_all(crate::product::project("target/commands"));
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .case("README.md")
        .case("pipelines/README.md")
        .case("docs/explain.md");
}
