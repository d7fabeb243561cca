//! Every command when nobody reads its output, and when a full disk does not take it; and the files
//! that it leaves for others.

use std::{
    collections::{BTreeMap, BTreeSet},
    os::fd::OwnedFd,
    path::Path,
    process::Stdio,
};

use mpp_testkit::free_ports;
use mpp_tests::{
    PATIENCE, eventually,
    process::{Process, Signal},
    program::{Said, command, shell},
    wait::that,
};

const OFFERING: &str = "malls/banyuwangi/counters/dukcapil/offerings/ktp-el-hilang";
const DUKCAPIL: &str = "malls/banyuwangi/counters/dukcapil";

/// The arguments that each command is tried with. A command that is missing here fails the test.
fn arguments() -> BTreeMap<&'static str, Vec<&'static str>> {
    [
        ("up", vec!["--data", "other", "--port", "0", "--at", "no time"]),
        ("serve registry", vec!["--database", "sqlite:x/no.db", "--jwks", "no.json"]),
        ("serve scheduling", vec!["--database", "sqlite:x/no.db", "--jwks", "no.json"]),
        ("serve reporting", vec!["--database", "sqlite:x/no.db", "--jwks", "no.json"]),
        ("serve web", vec!["--policy", "no.toml"]),
        ("migrate", vec!["registry", "--database", "sqlite:fresh.db"]),
        ("agent init", vec!["mpp-data/demo/madiun/services.csv", "--into", "mpp-data/x/new.toml"]),
        ("agent check", vec!["mpp-data/demo/madiun.toml"]),
        ("agent run", vec!["mpp-data/demo/madiun.toml"]),
        ("agent preview", vec!["mpp-data/demo/madiun.toml"]),
        ("agent problems", vec!["mpp-data/demo/madiun.toml"]),
        ("agent withdraw", vec!["mpp-data/demo/madiun.toml"]),
        ("agent release", vec!["mpp-data/demo/madiun.toml", "coba"]),
        ("agent functions", vec![]),
        ("agent schema", vec![]),
        ("template", vec!["katalog.xlsx"]),
        ("upload", vec!["nowhere.xlsx", "--source", "sources/kemendagri"]),
        ("backup", vec!["kept"]),
        ("restore", vec!["nowhere", "--data", "restored"]),
        ("search", vec!["ktp"]),
        ("get", vec!["malls/banyuwangi"]),
        ("history", vec!["malls/banyuwangi"]),
        ("list", vec!["services"]),
        ("export", vec!["turtle"]),
        ("apply", vec!["mpp-data/demo/no.json"]),
        ("delete", vec!["units/kemendagri/services/nowhere"]),
        ("hand-back", vec!["units/kemendagri/services/nowhere"]),
        ("suggest", vec!["units/kemendagri/services/ktp-el-baru"]),
        ("link", vec!["units/kemendagri/services/nowhere", "standards/nowhere"]),
        ("steps", vec!["units/kemendagri/services/ktp-el-baru"]),
        ("divergences", vec![]),
        ("compare-standard", vec!["units/disnaker-jembrana/services/ak1"]),
        ("adopt", vec!["units/disnaker-jembrana/services/ak1", "--preview"]),
        (
            "explain",
            vec![
                "units/disnaker-jembrana/services/ak1",
                "--field",
                "time",
                "--withdraw",
                "--dry-run",
            ],
        ),
        ("adoption", vec![]),
        ("broken", vec![]),
        ("overrides", vec![]),
        ("quarantine list", vec![]),
        ("quarantine redrive", vec!["sources/nowhere"]),
        ("undo", vec!["sources/nowhere", "nothing", "--preview"]),
        ("accept", vec![OFFERING]),
        ("watch", vec!["--initial-state", "--count", "3"]),
        ("hours", vec![DUKCAPIL]),
        ("deviations", vec!["malls/banyuwangi"]),
        ("slots", vec![OFFERING]),
        ("appointments", vec!["malls/banyuwangi"]),
        ("book", vec![OFFERING, "--nik", "3510014107900001"]),
        ("cancel", vec!["malls/banyuwangi/appointments/nowhere"]),
        ("queue show", vec![DUKCAPIL]),
        ("queue issue", vec![DUKCAPIL]),
        ("queue next", vec!["malls/banyuwangi/counters/dukcapil/windows/1"]),
        ("queue complete", vec!["malls/banyuwangi/tickets/nowhere"]),
        ("repair", vec!["registry", "memory"]),
        ("report", vec![]),
        ("token", vec!["--role", "reader"]),
        ("policy", vec![]),
        (
            "conform sync",
            vec![
                "--server",
                "http://127.0.0.1:1",
                "--source",
                "sources/nowhere",
                "--unit",
                "units/nowhere",
            ],
        ),
        ("doctor", vec![]),
        ("openapi", vec![]),
        ("completions", vec!["bash"]),
    ]
    .into()
}

/// Every command that the program's own help names, as it is called.
async fn commands(home: &Path, above: &str) -> BTreeSet<String> {
    let mut asked = command(home);
    asked.args(above.split_whitespace()).arg("--help");
    let help = Said::by(asked).await.succeeded();
    let Some((_, list)) = help.split_once("Commands:\n") else {
        return [above.to_owned()].into();
    };
    let mut found = BTreeSet::new();
    if help.contains("[COMMAND]") {
        // It does something by itself, too.
        found.insert(above.to_owned());
    }
    for line in list.lines().take_while(|line| line.starts_with("  ")) {
        let name = line.split_whitespace().next().unwrap_or_default();
        // A line that goes on with the text of the one before is further in.
        if name != "help" && line.starts_with("  ") && !line.starts_with("   ") {
            found.extend(Box::pin(commands(home, format!("{above} {name}").trim())).await);
        }
    }
    found
}

#[tokio::test]
async fn no_command_panics_where_its_output_goes_nowhere() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let mut up = command(home);
    up.args(["up", "--demo", "--at", "2026-03-02", "--port", &free_ports(14).to_string()]);
    let mut process = Process::start("mpp up", up, &home.join("up.log"));
    eventually(PATIENCE, "the demo is up", async || {
        assert!(process.ended().is_none(), "it ended:\n{}", process.log());
        that(process.log().contains("Ctrl-C ends"), process.log())
    })
    .await;

    let arguments = arguments();
    for name in commands(home, "").await {
        let given = arguments.get(name.as_str());
        let given = given.unwrap_or_else(|| panic!("say what `mpp {name}` is to be tried with"));
        let args: Vec<&str> = name.split_whitespace().chain(given.iter().copied()).collect();
        for (out, err) in [
            ("kept", "kept"),
            ("full", "kept"),
            ("gone", "kept"),
            ("kept", "full"),
            ("kept", "gone"),
            ("full", "full"),
            ("gone", "gone"),
        ] {
            let said = tried(home, &args, out, err).await;
            assert!((0..=9).contains(&said.code), "{args:?} {out} {err}: {said:?}");
            let words = format!("{}{}", said.out, said.err);
            assert!(!words.contains("panicked"), "{args:?} {out} {err}: {words}");
        }
    }
    process.signal(Signal::Interrupt).await;
    process.end_within(PATIENCE).await;
}

async fn tried(home: &Path, args: &[&str], out: &str, err: &str) -> Said {
    let mut mpp = command(home);
    mpp.args(args).args(["--context", "mpp-data/context.json"]).env("MPP_LOG", "info");
    for (where_to, is_out) in [(out, true), (err, false)] {
        let to: Stdio = match where_to {
            "full" => std::fs::File::options().write(true).open("/dev/full").expect("it").into(),
            "gone" => nobody_reads().into(),
            _ => Stdio::piped(),
        };
        if is_out {
            mpp.stdout(to)
        } else {
            mpp.stderr(to)
        };
    }
    Said::by_parts(mpp).await
}

/// The writing end of a pipe that nobody reads.
fn nobody_reads() -> OwnedFd {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    writer.into()
}

#[tokio::test]
async fn what_a_full_disk_does_not_take_is_a_failure_and_a_reader_that_has_gone_is_none() {
    let home = tempfile::tempdir().expect("a folder");
    let program = mpp_tests::program::path().display().to_string();
    for (line, code) in [
        ("openapi > /dev/full", 1),
        ("policy > /dev/full", 1),
        ("completions bash > /dev/full", 1),
        ("--help > /dev/full", 1),
        ("openapi | true; exit ${PIPESTATUS[0]}", 0),
        ("policy no.toml 2> /dev/full", 7),
        ("nonsense 2> /dev/full", 2),
    ] {
        let line = format!("{program} {line}");
        let mut bash = shell(home.path(), "exec bash -c \"$LINE\"");
        bash.env("LINE", &line);
        let said = Said::by(bash).await;
        assert_eq!(said.code, code, "{line}: {said:?}");
    }
}

#[tokio::test]
async fn the_key_is_one_that_openssl_reads_and_needs_no_context() {
    let home = tempfile::tempdir().expect("a folder");
    let home = home.path();
    let mut make = command(home);
    make.args(["token", "--new-key", "keys", "--context", "there/is/none.json"]);
    Said::by(make).await.succeeded();
    let mut openssl = shell(home, "openssl pkey -in keys/signing.pem -noout -text");
    openssl.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let said = Said::by(openssl).await.succeeded();
    assert!(said.contains("ED25519 Private-Key"), "{said}");
    // Version 2 would hold the public key, too, which OpenSSL 3.0 refuses.
    let mut asn1 = shell(home, "openssl asn1parse -in keys/signing.pem");
    asn1.env("PATH", std::env::var_os("PATH").unwrap_or_default());
    let said = Said::by(asn1).await.succeeded();
    assert!(said.contains("INTEGER           :00"), "PKCS #8, version 1: {said}");
    let mut token = command(home);
    token.args(["token", "--key", "keys/signing.pem", "--role", "reader", "--context", "none"]);
    assert!(Said::by(token).await.succeeded().starts_with("ey"));
}
