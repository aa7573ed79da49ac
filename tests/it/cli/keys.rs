//! `hufu keys`: what it shows, how keys end, and a change of the master key that survives everything.

use std::path::Path;

use super::{Ran, issue, operator, provider};

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// A key file of mode 0600.
fn put(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}

both! {
    fn a_new_master_key_opens_everything_and_the_old_one_nothing(process: &Process) {
        let provider = provider(&operator(process));
        let first = issue(&operator(process), &provider);
        let (file, next) = (process.data().join("master.key"), process.data().join("master.key.next"));
        let old = read(&file);
        let refused = process.run(&["keys", "rewrap"]).expect(5);
        assert!(refused.err.contains("while no server runs") && refused.err.contains("locked"), "{refused:?}");
        assert_eq!(read(&file), old);

        process.terminate();
        let done = process.run(&["keys", "rewrap"]).expect(0);
        assert!(done.out.starts_with("3 keys are sealed"), "region, token and issuer: {done:?}");
        let on_postgres = process.run(&["config"]).out.contains("postgres");
        assert_eq!(done.err.contains("on PostgreSQL this command cannot see servers on other machines"), on_postgres);
        let new = read(&file);
        assert_ne!(new, old);
        assert!(!next.exists());

        process.run(&["verify", first["card"].as_str().unwrap()]).expect(0);
        process.start();
        let second = issue(&operator(process), &provider);
        for certificate in [&first, &second] {
            process.run(&["verify", certificate["card"].as_str().unwrap()]).expect(0);
        }
        process.terminate();

        put(&file, &old);
        let shut = process.run(&["client", "list"]).expect(5);
        assert!(shut.err.contains("the master key does not fit this registry"), "{shut:?}");
        // As after a crash between the database's commit and the renaming of the file.
        put(&next, &new);
        process.start();
        assert_eq!((read(&file), next.exists()), (new.clone(), false), "the next start finishes the change");
        process.run(&["verify", issue(&operator(process), &provider)["card"].as_str().unwrap()]).expect(0);
        process.terminate();
        // As after a crash before the commit.
        put(&next, &old);
        process.run(&["client", "list"]).expect(0);
        assert_eq!((read(&file), next.exists()), (new, false), "a change that never happened is forgotten");
    }

    fn a_new_master_key_may_be_given_in_a_file_or_in_the_environment(process: &Process) {
        process.terminate();
        let file = process.data().join("master.key");
        let given = process.data().join("given.key");
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        put(&given, key);
        let given = given.to_str().unwrap();
        process.run(&["keys", "rewrap", "--new-key-file", given]).expect(0);
        assert_eq!(read(&file).trim(), key);
        std::fs::remove_file(&file).unwrap();

        // From here on the key comes from the environment; then there is no file to put a fresh one into.
        let with = |name: &str, value: &str, arguments: &[&str]| {
            let mut command = process.command(arguments);
            command.env("HUFU_MASTER_KEY", key).env(name, value);
            Ran::of(&mut command, b"")
        };
        assert!(with("X", "", &["keys", "rewrap"]).expect(3).err.contains("HUFU_NEW_MASTER_KEY"));
        assert!(with("HUFU_NEW_MASTER_KEY", "short", &["keys", "rewrap"]).expect(5).err.contains("32 bytes"));
        let other = "HhwaGBYUEhAODAoIBgQCAB4cGhgWFBIQDgwKCAYEAgA";
        let done = with("HUFU_NEW_MASTER_KEY", other, &["keys", "rewrap"]).expect(0);
        assert!(!done.out.contains(other) && !done.err.contains(other), "{done:?}");
        with("HUFU_MASTER_KEY", key, &["client", "list"]).expect(5);
        with("HUFU_MASTER_KEY", other, &["client", "list"]).expect(0);
        assert!(!file.exists());
    }

    fn keys_are_listed_retired_and_revoked(process: &Process) {
        let operator = operator(process);
        let provider = provider(&operator);
        let first = issue(&operator, &provider);
        let card = first["card"].as_str().unwrap();
        let listed = process.run(&["keys", "list"]).expect(0);
        assert!(listed.out.starts_with("kid\tpurpose\tstate\tfrom\tuntil\tprovider\n"), "{listed:?}");
        let purposes: Vec<&str> = listed.rows().iter().map(|row| row[1]).collect();
        assert_eq!(purposes.len(), 3);
        let rows = listed.rows();
        let issuer = rows.iter().find(|row| row[1] == "issuer").unwrap();
        assert_eq!((issuer[2], issuer[5]), ("signing", provider.as_str()));
        let region = rows.iter().find(|row| row[1] == "region").unwrap();
        let kid = issuer[0];

        let retired = process.run(&["keys", "retire", kid]).expect(0);
        assert_eq!(retired.rows()[0][2], "retired");
        assert!(process.run(&["keys", "retire", kid]).expect(4).err.contains("keys.retired"));
        process.run(&["verify", card]).expect(0);
        let second = issue(&operator, &provider);
        assert_eq!(process.run(&["keys", "list"]).expect(0).rows().len(), 4, "the next certificate gets a new key");

        let revoked = process.run(&["keys", "revoke", kid, "--reason", "compromise"]).expect(0);
        assert_eq!(revoked.rows()[0][2], "revoked:compromise");
        process.run(&["verify", card]).expect(1);
        process.run(&["verify", second["card"].as_str().unwrap()]).expect(0);
        let online = process.client().post_json("/v1/verify", &serde_json::json!({"text": card}));
        assert_eq!(online.expect(200).json()["outcome"], "invalid");

        assert!(process.run(&["keys", "revoke", kid, "--reason", "ceased"]).expect(4).err.contains("keys.revoked"));
        assert!(process.run(&["keys", "revoke", region[0], "--reason", "ceased"]).expect(4).err.contains("keys.purpose"));
        assert!(process.run(&["keys", "revoke", "-nosuch", "--reason", "ceased"]).expect(4).err.contains("keys.not_found"));
        assert!(process.run(&["keys", "revoke", kid, "--reason", "whim"]).expect(3).err.contains("compromise, superseded, ceased"));
    }
}
