//! Precedence, modes, and what messages must not repeat.

use std::os::unix::fs::PermissionsExt;

use secrecy::ExposeSecret;

use super::*;

const CANARY: &str = "CANARY-9f3b";

fn file(folder: &Path, text: &str, mode: u32) -> Places {
    let path = folder.join("secrets.toml");
    std::fs::write(&path, text).expect("written");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("mode");
    Places {
        file: Some(path),
        ..Places::default()
    }
}

fn none(_: &str) -> Option<String> {
    None
}

#[test]
fn environment_then_credential_then_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = "easyecom_api_key = 'f'\neasyecom_email = 'f'\neasyecom_password = 'f'\n";
    let mut places = file(folder.path(), text, 0o600);
    let credentials = folder.path().join("credentials");
    std::fs::create_dir(&credentials).expect("a folder");
    std::fs::write(credentials.join("RAFTAAR_EASYECOM_API_KEY"), "c\n").expect("written");
    std::fs::write(credentials.join("easyecom_email"), "c").expect("written");
    places.credentials = Some(credentials);
    let environment = |name: &str| (name == "RAFTAAR_EASYECOM_API_KEY").then(|| "e".to_owned());
    let secrets = Secrets::look_up(&places, environment).expect("found");
    let value = |s| secrets.get(s).map(|v| v.expose_secret().to_owned());
    assert_eq!(value(Secret::EasyecomApiKey).as_deref(), Some("e"));
    assert_eq!(value(Secret::EasyecomEmail).as_deref(), Some("c"));
    assert_eq!(value(Secret::EasyecomPassword).as_deref(), Some("f"));
    assert_eq!(
        secrets.missing(),
        [
            Secret::DtdcApiKey,
            Secret::DtdcTrackUser,
            Secret::DtdcTrackPassword
        ]
    );
}

#[test]
fn a_file_that_others_may_read_is_refused_with_the_cure() {
    let folder = tempfile::tempdir().expect("a folder");
    for mode in [0o640, 0o604, 0o644, 0o620] {
        let places = file(folder.path(), "easyecom_api_key = 'CANARY-9f3b'", mode);
        let says = Secrets::look_up(&places, none)
            .expect_err("refused")
            .to_string();
        assert!(says.contains(&format!("{mode:04o}")), "{says}");
        assert!(says.contains("chmod 600 "), "{says}");
        assert!(!says.contains(CANARY), "{says}");
    }
    let places = file(folder.path(), "easyecom_api_key = 'CANARY-9f3b'", 0o600);
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o777)).expect("mode");
    let says = Secrets::look_up(&places, none)
        .expect_err("refused")
        .to_string();
    assert!(says.contains("chmod go-w"), "{says}");
}

#[test]
fn a_file_that_is_far_too_large_is_refused_not_cut() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = format!("{}easyecom_api_key = 'CANARY-9f3b'", "# x\n".repeat(20_000));
    let says = Secrets::look_up(&file(folder.path(), &text, 0o600), none)
        .expect_err("refused")
        .to_string();
    assert!(says.contains("secrets.toml: larger than 64 KiB"), "{says}");
}

#[test]
fn a_link_is_not_followed_and_a_named_file_has_to_exist() {
    let folder = tempfile::tempdir().expect("a folder");
    let real = file(folder.path(), "", 0o600).file.expect("a file");
    let link = folder.path().join("link.toml");
    std::os::unix::fs::symlink(real, &link).expect("a link");
    let places = |path: PathBuf, named| Places {
        file: Some(path),
        file_named: named,
        ..Places::default()
    };
    assert!(Secrets::look_up(&places(link, false), none).is_err());
    let absent = folder.path().join("absent.toml");
    assert!(Secrets::look_up(&places(absent.clone(), false), none).is_ok());
    assert!(Secrets::look_up(&places(absent, true), none).is_err());
}

#[test]
fn no_message_and_no_debug_output_repeats_a_secret() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in [
        "easyecom_api_key = CANARY-9f3b",
        "easyecom_api_kee = 'CANARY-9f3b'",
        "easyecom_api_key = ['CANARY-9f3b']",
        "easyecom_api_key = 'CANARY-9f3b",
    ] {
        let places = file(folder.path(), text, 0o600);
        let error = Secrets::look_up(&places, none).expect_err(text);
        let says = format!("{error} {error:?}");
        assert!(!says.contains(CANARY), "{says}");
        assert!(says.contains("secrets.toml:1"), "{says}");
    }
    let places = file(folder.path(), "easyecom_api_key = 'CANARY-9f3b'", 0o600);
    let secrets = Secrets::look_up(&places, none).expect("found");
    assert!(!format!("{secrets:?}").contains(CANARY));
}
