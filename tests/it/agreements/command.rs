//! `hufu agreement`, run as a program.

use std::path::Path;

use verifier::time::Zone;

use super::*;
use crate::crash::operator;
use crate::support::site::Reply;
use crate::support::{Process, Ran};

/// What the command says of one agreement, by column.
fn row(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.rows().len(), 1, "{ran:?}");
    ran.rows()[0].iter().map(|cell| (*cell).to_owned()).collect()
}

fn path(process: &Process, name: &str) -> String {
    process.data().parent().unwrap().join(name).to_str().unwrap().to_owned()
}

fn value(path: &str) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// A partner whose key the test holds, pinned at a running process.
fn pinned(process: &Process) -> (Abroad, Site) {
    let (site, abroad) = (Site::start(), Abroad::at(hufu::edge::Edge::default().now()));
    abroad.publish(&site);
    let client = process.client().bearer(&operator(process));
    client.post_json("/v1/partners", &pin_input(&site.url, &abroad.fingerprint())).expect(201);
    (abroad, site)
}

both! {
    fn the_whole_life_of_an_agreement_on_the_command_line(process: &Process) {
        let (abroad, site) = pinned(process);
        let days = |ahead| Instant(abroad.iat).day_in(Zone::CHINA).add_days(ahead).to_string();
        let (draft, back) = (path(process, "yrd.json"), path(process, "yrd.signed.json"));
        process.run(&["agreement", "new", &draft, "--parties", "320000,310000", "--name", "yrd"]).expect(0);
        let again = process.run(&["agreement", "new", &draft, "--parties", "310000,320000"]).expect(3);
        assert!(again.err.contains("cli.agreement.file_exists"), "{again:?}");
        assert_eq!(process.run(&["agreement", "lint", &draft]).expect(0).out, "");

        let kept = row(&process.run(&["agreement", "import", &draft]).expect(0));
        let name = Digest::of_bytes(&std::fs::read(&draft).unwrap()).to_string();
        assert_eq!(kept[..4], [name.as_str(), "urn:hufu:agreement:yrd", "1", "proposed"]);
        assert_eq!(process.run(&["agreement", "send", &name]).expect(4).err.lines().count(), 1, "it is not signed here");
        let signed = row(&process.run(&["agreement", "sign", &name]).expect(0));
        assert_eq!(signed[7..], ["310000", "320000"]);
        process.run(&["agreement", "publish", &name]).expect(4);

        // The partner is sent the file and answers with its signature.
        let text = std::fs::read_to_string(&draft).unwrap();
        let signature = AgreementSignature { agreement: Digest::of(&text), region: region("320000"), at: Instant(abroad.iat) };
        let theirs = signature.sign(&abroad.signer()).unwrap();
        let answer = SignedAgreement::gather(text.into_bytes(), vec![theirs], Vec::new(), &|_, _| None).unwrap().to_text();
        let refused = process.run(&["agreement", "send", &name]).expect(4);
        assert_eq!(refused.rows(), [["320000", "partners.status 404", "-", "-"]]);
        site.reply("/peer/agreements", Reply::ok(answer));
        assert_eq!(process.run(&["agreement", "send", &name]).expect(0).rows(), [["320000", "answered", "320000", "-"]]);
        let listed = row(&process.run(&["agreement", "list"]).expect(0));
        assert_eq!((listed[3].as_str(), &listed[7..]), ("in-force", &["310000,320000".to_owned(), "-".to_owned()][..]));

        process.run(&["agreement", "publish", &name]).expect(0);
        process.run(&["agreement", "export", &name, "-o", &back]).expect(0);
        assert_eq!(value(&back)["signatures"].as_array().unwrap().len(), 2);
        assert_eq!(process.run(&["agreement", "export", &name]).expect(0).out, std::fs::read_to_string(&back).unwrap());
        assert_eq!(row(&process.run(&["agreement", "import", &back]).expect(0)), listed, "nothing is new");
        let short = process.run(&["agreement", "notice", &name, "--effective", &days(29)]).expect(4);
        assert!(short.err.contains("agreement.notice_too_short") && short.err.contains("earliest"), "{short:?}");
        assert_eq!(row(&process.run(&["agreement", "notice", &name, "--effective", &days(31)]).expect(0))[6], days(31));
        assert!(process.db().read_now(hufu::evidence::audit).unwrap().wrong.is_none());
    }

    fn what_is_refused_ends_with_its_exit_code(process: &Process) {
        let none = digest(&ours());
        for what in ["sign", "publish", "export", "send"] {
            assert!(process.run(&["agreement", what, &none]).expect(4).err.contains("agreements.not_found"), "{what}");
        }
        process.run(&["agreement", "sign", "sha256:x"]).expect(3);
        process.run(&["agreement", "notice", &none, "--effective", "soon"]).expect(3);
        let file = path(process, "file.json");
        std::fs::write(&file, file_of(&ours(), &[signature(&ours(), "320000", &Signer::from_seed(&[9; 32]), 1)], &[])).unwrap();
        let told = process.run(&["agreement", "import", &file]).expect(4);
        assert!(told.err.contains("320000: agreements.unknown_key") && told.rows().len() == 1, "{told:?}");
    }
}

/// Runs a command in a folder where there is no registry.
fn alone(folder: &Path, arguments: &[&str]) -> Ran {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_hufu"));
    Ran::of(command.arg("agreement").args(arguments).current_dir(folder).env("LANG", "en_GB.UTF-8").env_remove("LC_ALL"), b"")
}

#[test]
fn what_looks_at_a_file_needs_no_registry() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| alone(folder.path(), arguments);
    let put = |name: &str, bytes: &[u8]| std::fs::write(folder.path().join(name), bytes).unwrap();
    run(&["new", "a.json", "--parties", "310000"]).expect(4);
    run(&["new", "a.json", "--parties", "310000,32"]).expect(3);
    run(&["new", "a.json", "--parties", "310000,320000", "--from", "2027-01-01"]).expect(0);
    let shown = run(&["show", "a.json"]).expect(0).out;
    assert!(shown.contains("2.1 In force: 2027-01-01 through 2029-12-31\n"), "{shown}");
    assert!(run(&["show", "a.json", "--lang", "zh"]).expect(0).out.contains("2.1 有效期：2027-01-01 至 2029-12-31（含）"));
    assert_eq!(run(&["diff", "a.json", "a.json"]).expect(0).out, "");
    put("b.json", std::fs::read_to_string(folder.path().join("a.json")).unwrap().replace("\"min\": 1", "\"min\": 3").as_bytes());
    let changed = run(&["diff", "a.json", "b.json"]).expect(0).out;
    assert_eq!(changed.lines().count(), 1);
    assert!(changed.contains("from Level five (junior worker) to") && changed.contains("-> from Level three (senior worker) to"), "{changed}");
    let json: Value = serde_json::from_str(&run(&["diff", "a.json", "b.json", "--json"]).expect(0).out).unwrap();
    assert_eq!(json["changes"][0]["member"], "accept.level");

    let mut odd = ours();
    odd["grants"][0]["to"] = json!(["320000"]);
    put("odd.json", odd.to_string().as_bytes());
    assert_eq!(run(&["lint", "odd.json"]).expect(1).out, "cert\tlint.one_way\tnothing of the kind the other way: 310000 → 320000\n");
    put("signed.json", &file_of(&ours(), &[signature(&ours(), "320000", &Signer::from_seed(&[9; 32]), 1)], &[]));
    assert!(run(&["show", "signed.json"]).expect(0).out.ends_with("The file has signatures, not checked here, of: 320000\n"));

    put("bad.json", ours().to_string().replace("\"min\":3", "\"min\":8").as_bytes());
    let refused = run(&["show", "bad.json"]).expect(4).err;
    assert_eq!(refused, "hufu: agreement.number: a number is not whole or is out of its range (grants[0].accept.level.min)\n");
    put("large.json", &vec![b' '; 600_000]);
    assert!(run(&["lint", "large.json"]).expect(4).err.contains("agreement.too_long"));
    assert!(run(&["show", "none.json"]).expect(3).err.contains("cli.agreement.no_file"));
    let registry = run(&["list"]).expect(5).err;
    assert!(registry.contains("there is no registry"), "{registry}");
    assert!(!folder.path().join("data").exists() && !folder.path().join("hufu-data").exists(), "nothing was made");
}
