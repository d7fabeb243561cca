//! Contexts that are kept, and contexts that are replaced.

use super::*;

/// The context of a folder, with its key and a token as `mpp up` makes them.
fn of(folder: &Path, port: u16) -> Context {
    fs::create_dir_all(folder.join("keys")).expect("a folder");
    let (signing_key, token) = (folder.join("keys/signing.pem"), folder.join("keys/reader"));
    for file in [&signing_key, &token] {
        fs::write(file, "").expect("a file");
    }
    let address = |offset: u16| format!("http://127.0.0.1:{}", port + offset);
    Context {
        registry: address(1),
        scheduling: address(2),
        reporting: address(3),
        health: BTreeMap::new(),
        page: address(0),
        tokens: BTreeMap::from([("reader".to_owned(), token)]),
        signing_key,
    }
}

#[test]
fn a_context_of_something_else_is_left_as_it_is() {
    let home = tempfile::tempdir().expect("a folder");
    let place = home.path().join("state/context.json");
    fs::create_dir_all(place.parent().expect("a folder")).expect("a folder");
    let (one, two) = (home.path().join("one"), home.path().join("two"));
    let (first, second) = (of(&one, 7400), of(&two, 7500));
    assert!(first.may_replace(&place), "nothing is there");
    let write = |context: &Context| {
        fs::write(&place, serde_json::to_string(context).expect("JSON")).expect("a file");
    };
    write(&first);
    assert!(of(&one, 7600).may_replace(&place), "its own, at other ports");
    assert!(!second.may_replace(&place), "another one's, running or not");
    // The context of a ministry's services: no key of ours, and a token.
    write(&Context { signing_key: PathBuf::new(), ..first.clone() });
    assert!(!second.may_replace(&place));
    fs::write(&place, "# mine").expect("a file");
    assert!(!second.may_replace(&place), "nobody knows what it is for");
    write(&first);
    fs::remove_dir_all(&one).expect("removed");
    assert!(second.may_replace(&place), "its folder has gone, and its tokens with it");
}

#[test]
fn a_context_that_is_written_again_is_never_seen_empty_or_in_part() {
    let home = tempfile::tempdir().expect("a folder");
    let context = of(home.path(), 7400);
    let place = home.path().join("context.json");
    context.write(&place).expect("written");
    std::thread::scope(|threads| {
        let writer = threads.spawn(|| {
            (0..50).for_each(|_| context.write(&place).expect("written"));
        });
        while !writer.is_finished() {
            assert!(Context::read(&place).expect("whole").is_same(&context));
        }
    });
}
