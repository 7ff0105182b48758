//! A history that moves with its views.

use super::changes::LastChange;
use super::history::History;
use super::view::ViewKeys;
use std::collections::VecDeque;
use vigia_app::model::risk::{RiskSettings, Scored};

/// A history of the days that the settings say, for views that come in the order of their ids and days. It keeps the keys of its views,
/// 64 bytes each, to take them out when their day is over; where views are kept elsewhere, [`History`] alone is enough.
#[derive(Debug, Clone, Default)]
pub struct Window {
    history: History,
    views: VecDeque<ViewKeys>,
}

impl Window {
    /// Scores the next view, and adds it to the history.
    pub fn next(&mut self, view: &ViewKeys, settings: &RiskSettings) -> Scored {
        self.move_to(view.day, settings);
        self.views.push_back(*view);
        self.history.score_and_add(view, LastChange::default(), settings)
    }

    /// Takes out the days that lie too far before this one.
    pub fn move_to(&mut self, day: i32, settings: &RiskSettings) {
        let first = day.saturating_sub(i32::from(settings.history_days));
        while let Some(view) = self.views.pop_front_if(|view| view.day < first) {
            self.history.remove_keys(&view);
        }
    }

    /// Adds a view without a score.
    pub fn add(&mut self, view: &ViewKeys) {
        self.history.add_keys(view);
        self.views.push_back(*view);
    }

    /// The history as it is.
    pub fn history(&self) -> &History {
        &self.history
    }
}
