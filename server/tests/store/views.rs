//! Tests for the views that people keep of the reports.

use crate::on_every_store;
use std::sync::Arc;
use vigia::clock;
use vigia::identity::{Actor, Identity};
use vigia::store::Store;
use vigia::views::ViewDesk;
use vigia_app::model::{Role, Viewer};
use vigia_app::views::NewView;

on_every_store!(names_and_limits_hold_whoever_saves_at_once, a_copy_has_every_view_with_whoever_keeps_it);

fn viewer(username: &str, role: Role) -> Viewer {
    Viewer { username: username.to_owned(), name: username.to_owned(), role }
}

fn view(name: &str, shared: Option<Role>) -> NewView {
    let [name, report, query] = [name, "password-view", "reason=Incident"].map(str::to_owned);
    NewView { name, description: "Ünïcode, and 'quotes'".to_owned(), report, query, shared }
}

async fn save(store: &Arc<dyn Store>, viewer: &Viewer, view: NewView) -> Result<String, vigia_app::model::ApiError> {
    let identity = Identity::new(store.clone(), clock::system());
    let desk = ViewDesk { store: &**store, identity: &identity };
    desk.save(viewer, &Actor::web(viewer, None), None, view).await
}

async fn names(store: &Arc<dyn Store>, viewer: &Viewer) -> Vec<String> {
    let identity = Identity::new(store.clone(), clock::system());
    let desk = ViewDesk { store: &**store, identity: &identity };
    desk.list(viewer, Some("password-view")).await.expect("views").into_iter().map(|view| view.view.name).collect()
}

async fn names_and_limits_hold_whoever_saves_at_once(store: Arc<dyn Store>) {
    let ana = viewer("ana", Role::Auditor);
    // The same name in another case, from several servers, and with it the user's name.
    let racers = (0..6).map(|racer| {
        let (store, ana) = (store.clone(), viewer(if racer % 2 == 0 { "ana" } else { "Ana" }, Role::Auditor));
        tokio::spawn(async move { save(&store, &ana, view(if racer < 3 { "École" } else { "éCOLE" }, None)).await.is_ok() })
    });
    let mut kept = 0;
    for racer in racers.collect::<Vec<_>>() {
        kept += usize::from(racer.await.expect("a racer"));
    }
    assert_eq!((kept, names(&store, &ana).await.len()), (1, 1));
    for number in 1..NewView::MAX_OF_REPORT - 1 {
        save(&store, &ana, view(&format!("View {number:02}"), None)).await.expect("kept");
    }
    let racers = (0..4).map(|racer| {
        let (store, ana) = (store.clone(), ana.clone());
        tokio::spawn(async move { save(&store, &ana, view(&format!("Last {racer}"), None)).await.is_ok() })
    });
    let mut kept = 0;
    for racer in racers.collect::<Vec<_>>() {
        kept += usize::from(racer.await.expect("a racer"));
    }
    assert_eq!((kept, names(&store, &ana).await.len()), (1, NewView::MAX_OF_REPORT));
}

async fn a_copy_has_every_view_with_whoever_keeps_it(store: Arc<dyn Store>) {
    let (ana, rui) = (viewer("ana", Role::Auditor), viewer("rui", Role::Manager));
    save(&store, &ana, view("Shared", Some(Role::Manager))).await.expect("kept");
    save(&store, &ana, view("Own", None)).await.expect("kept");
    let folder = tempfile::tempdir().expect("a folder");
    let target = crate::sqlite(folder.path()).await;
    vigia::store::copy::copy(&*store, &*target, &mut |_| {}).await.expect("a copy");
    for store in [&store, &target] {
        assert_eq!(names(store, &ana).await, ["Own", "Shared"]);
        assert_eq!(names(store, &rui).await, ["Shared"]);
    }
}
