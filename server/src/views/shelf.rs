//! How the views that a person has of a report are kept.

use crate::fold::folded;
use crate::store::{Store, StoreError};
use serde::{Deserialize, Serialize};
use vigia_app::model::{ApiError, ErrorKind, Report, Role};
use vigia_app::views::NewView;
use vigia_app::{reports, sentence};

const SPACE: &str = "views";
/// Times that a change is made anew because somebody else was first.
const TRIES: usize = 20;

/// A view as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub description: String,
    pub query: String,
    #[serde(default)]
    pub shared: Option<Role>,
}

/// What a person has of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shelf {
    /// The user's name as it is written.
    pub owner: String,
    pub views: Vec<Kept>,
    /// The view that the report opens with for them: owner and id.
    #[serde(default)]
    pub first: Option<(String, String)>,
}

impl Kept {
    pub fn new(id: String, view: NewView) -> Self {
        Self { id, name: view.name, description: view.description, query: view.query, shared: view.shared }
    }

    pub fn view(&self, report: &str) -> NewView {
        let Self { name, description, query, shared, .. } = self.clone();
        NewView { name, description, report: report.to_owned(), query, shared }
    }
}

impl Shelf {
    pub fn find(&self, id: &str) -> Option<&Kept> {
        self.views.iter().find(|view| view.id == id)
    }

    /// Whether another view than the one of this id has this name.
    pub fn has(&self, name: &str, id: Option<&str>) -> bool {
        self.views.iter().any(|view| Some(view.id.as_str()) != id && folded(&view.name) == folded(name))
    }
}

/// Users are the same whatever the case of their names.
fn key(report: &str, owner: &str) -> String {
    format!("{report}/{}", owner.to_lowercase())
}

fn read(text: &str) -> Result<Shelf, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Failed(error.into()))
}

/// What a person has of a report.
pub(super) async fn of(store: &dyn Store, report: &str, owner: &str) -> Result<Shelf, StoreError> {
    store.kept().get(SPACE, &key(report, owner)).await?.map_or_else(|| Ok(Shelf::default()), |text| read(&text))
}

/// What a person has of each report.
pub(super) async fn of_person(store: &dyn Store, owner: &str) -> Result<Vec<(&'static str, Shelf)>, StoreError> {
    let keys = reports::ALL.map(|report| key(report.key, owner)).to_vec();
    let kept = store.kept().some(SPACE, keys).await?;
    let of = |report: &'static Report| Some(read(kept.get(&key(report.key, owner))?).map(|shelf| (report.key, shelf)));
    reports::ALL.into_iter().filter_map(of).collect()
}

/// What everybody has of every report, with the report.
pub(super) async fn all(store: &dyn Store) -> Result<Vec<(String, Shelf)>, StoreError> {
    let kept = store.kept().all(SPACE).await?.into_iter();
    kept.map(|(key, text)| Ok((key.split('/').next().unwrap_or_default().to_owned(), read(&text)?))).collect()
}

/// Changes what a person has of a report. `change` may be called again, where somebody else has changed it meanwhile.
pub(super) async fn change(
    store: &dyn Store,
    report: &str,
    owner: &str,
    mut change: impl FnMut(&mut Shelf) -> Result<(), ApiError> + Send,
) -> Result<(), ApiError> {
    let key = key(report, owner);
    for _ in 0..TRIES {
        let was = store.kept().get(SPACE, &key).await?;
        let mut shelf = was.as_deref().map_or_else(|| Ok(Shelf::default()), read)?;
        if shelf.owner.is_empty() {
            owner.clone_into(&mut shelf.owner);
        }
        change(&mut shelf)?;
        let text = serde_json::to_string(&shelf).map_err(|error| StoreError::Failed(error.into()))?;
        if store.kept().replace(SPACE, &key, was.as_deref(), &text).await? {
            return Ok(());
        }
    }
    Err(ApiError::new(ErrorKind::Unavailable, sentence!("view.busy")))
}
