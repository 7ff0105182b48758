//! Tests for what is kept beside the events: tokens, the quarantine, what readers of streams remember.

use crate::{on_every_store, samples};
use std::sync::Arc;
use vigia::store::Store;
use vigia::store::quarantine::{QuarantineFilter, Refused};
use vigia::store::tokens::{ApiToken, Scope};
use vigia_app::model::Timestamp;

on_every_store!(
    a_token_is_found_by_its_hash_until_it_is_revoked,
    a_line_is_kept_once_and_can_be_taken_out,
    what_is_remembered_changes_together,
    of_several_who_replace_a_value_one_does,
);

fn at(seconds: i64) -> Timestamp {
    Timestamp::saturating(samples::START + seconds * 1000)
}

async fn a_token_is_found_by_its_hash_until_it_is_revoked(store: Arc<dyn Store>) {
    let token = ApiToken {
        name: "Segura".into(),
        hash: [7; 32],
        scope: Scope::Write,
        sources: vec!["segura".into()],
        created: at(0),
        created_by: "admin".into(),
        owner: String::new(),
        expires: Some(at(60)),
        revoked: None,
        last_used: None,
    };
    let tokens = store.tokens();
    assert!(tokens.add(token.clone()).await.expect("an answer"));
    let taken = ApiToken { name: "SEGURA".into(), hash: [8; 32], ..token.clone() };
    assert!(!tokens.add(taken).await.expect("an answer"), "a name is one whatever its case");
    assert_eq!(tokens.by_hash([7; 32]).await.expect("an answer"), Some((token.clone(), None)));
    assert_eq!(tokens.by_hash([8; 32]).await.expect("an answer"), None);
    tokens.used([7; 32], at(5)).await.expect("noted");
    tokens.used([7; 32], at(3)).await.expect("noted");
    assert!(tokens.revoke("segura", at(6)).await.expect("an answer"));
    assert!(!tokens.revoke("segura", at(7)).await.expect("an answer"), "it is revoked already");
    let after = ApiToken { revoked: Some(at(6)), last_used: Some(at(5)), ..token };
    assert_eq!(tokens.all().await.expect("an answer"), [after]);
}

async fn a_line_is_kept_once_and_can_be_taken_out(store: Arc<dyn Store>) {
    let line = |source: &str, reason: &str, original: &str| Refused {
        source: source.into(),
        format: "cef".into(),
        reason: reason.into(),
        detail: "field 7".into(),
        original: original.into(),
    };
    let quarantine = store.quarantine();
    let lines = vec![line("a", "no CEF", "x"), line("a", "no CEF", "y"), line("b", "no mapping", "x"), line("a", "other words", "x")];
    assert_eq!(quarantine.add(lines.clone(), at(0)).await.expect("kept"), 3, "the same line for another reason is the same line");
    assert_eq!(quarantine.add(lines.clone(), at(1)).await.expect("kept"), 0);
    let list = async |filter: QuarantineFilter, before, limit| quarantine.list(&filter, before, limit).await.expect("an answer");
    let all = list(QuarantineFilter::default(), None, 10).await;
    assert_eq!(all.iter().map(|kept| &kept.line).collect::<Vec<_>>(), [&lines[2], &lines[1], &lines[0]], "the newest first");
    assert!(all.iter().all(|kept| kept.received == at(0)));
    assert_eq!(list(QuarantineFilter::default(), Some(all[0].id), 1).await, all[1..2]);
    let of_b = QuarantineFilter { source: Some("b".into()), ..QuarantineFilter::default() };
    assert_eq!(list(of_b, None, 10).await, all[..1]);
    let counts = quarantine.counts().await.expect("an answer");
    assert_eq!(counts.iter().map(|count| (count.source.as_str(), count.lines)).collect::<Vec<_>>(), [("a", 2), ("b", 1)]);
    assert_eq!(quarantine.remove(&[all[1].id, all[1].id, 99_999]).await.expect("removed"), 1);
    assert_eq!(quarantine.get(all[1].id).await.expect("an answer"), None);
    assert_eq!(quarantine.get(all[0].id).await.expect("an answer").as_ref(), Some(&all[0]));
}

async fn what_is_remembered_changes_together(store: Arc<dyn Store>) {
    let kept = store.kept();
    let set = |key: &str, value: Option<&str>| (key.to_owned(), value.map(str::to_owned));
    kept.set("tail", vec![set("b", Some("1")), set("a", Some("2"))]).await.expect("kept");
    kept.set("other", vec![set("a", Some("3"))]).await.expect("kept");
    kept.set("tail", vec![set("b", None), set("a", Some("4")), set("c", None)]).await.expect("kept");
    assert_eq!(kept.all("tail").await.expect("an answer"), [("a".to_owned(), "4".to_owned())]);
    assert_eq!(kept.get("other", "a").await.expect("an answer").as_deref(), Some("3"));
    assert_eq!(kept.get("tail", "b").await.expect("an answer"), None);
    let keys = ["a", "b", "z"].map(str::to_owned).to_vec();
    assert_eq!(kept.some("tail", keys).await.expect("an answer"), [("a".to_owned(), "4".to_owned())].into());
    kept.set("tail", vec![set("c", Some("5")), set("d", Some("6"))]).await.expect("kept");
    assert_eq!(kept.behind("tail", "a", 1).await.expect("an answer"), [("c".to_owned(), "5".to_owned())]);
}

async fn of_several_who_replace_a_value_one_does(store: Arc<dyn Store>) {
    for was in [None, Some("0")] {
        let racers = (0..8).map(|racer| {
            let store = store.clone();
            let value = if was.is_none() { "0".to_owned() } else { format!("racer {racer}") };
            tokio::spawn(async move { store.kept().replace("lease", "retention", was, &value).await.expect("an answer") })
        });
        let mut won = 0;
        for racer in racers.collect::<Vec<_>>() {
            won += u32::from(racer.await.expect("a racer"));
        }
        assert_eq!(won, 1, "{was:?}");
    }
    assert!(!store.kept().replace("lease", "retention", Some("0"), "late").await.expect("an answer"));
}
