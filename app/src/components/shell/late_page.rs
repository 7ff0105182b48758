//! The pages beside the reports: where they are, and what they are called. What draws them is loaded when one of them is first opened.

use crate::story::{PROFILE_PATH, TIMELINE_PATH};
use crate::text;
use crate::views::VIEW_PATH;
use crate::words::Text;

/// A page that is not a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatePage {
    Behavior,
    Changes,
    Exposure,
    Timeline,
    Profile,
    SignIn,
    Account,
    NewOperation,
    Execution,
    Notifications,
    Tokens,
    Quarantine,
    TryLines,
    Jobs,
    Backups,
    Review,
    SavedView,
}

impl LatePage {
    /// The pages of administrators come in the order of the menu.
    pub const ALL: [Self; 17] = [
        Self::Behavior,
        Self::Changes,
        Self::Exposure,
        Self::Timeline,
        Self::Profile,
        Self::SignIn,
        Self::Account,
        Self::NewOperation,
        Self::Execution,
        Self::Notifications,
        Self::Tokens,
        Self::Quarantine,
        Self::TryLines,
        Self::Jobs,
        Self::Backups,
        Self::Review,
        Self::SavedView,
    ];

    /// The page of this path.
    pub fn at(path: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|page| page.path() == path)
    }

    pub const fn path(self) -> &'static str {
        match self {
            Self::Behavior => "/dashboard/pam-core/behavior",
            Self::Changes => "/dashboard/pam-core/password-changes",
            Self::Exposure => "/dashboard/pam-core/credentials",
            Self::Timeline => TIMELINE_PATH,
            Self::Profile => PROFILE_PATH,
            Self::SignIn => "/sign-in",
            Self::Account => "/account",
            Self::NewOperation => "/operations/new",
            Self::Execution => "/admin/operations",
            Self::Notifications => "/admin/notifications",
            Self::Tokens => "/admin/tokens",
            Self::Quarantine => "/admin/quarantine",
            Self::TryLines => "/admin/try-lines",
            Self::Jobs => "/admin/jobs",
            Self::Backups => "/admin/backups",
            Self::Review => "/reports/review",
            Self::SavedView => VIEW_PATH,
        }
    }

    pub const fn title(self) -> Text {
        match self {
            Self::Behavior => text!("page.behavior"),
            Self::Changes => text!("page.changes"),
            Self::Exposure => text!("page.exposure"),
            Self::Timeline => text!("report.timeline.title"),
            Self::Profile => text!("page.profile"),
            Self::SignIn => text!("sign-in.title"),
            Self::Account => text!("page.account"),
            Self::NewOperation => text!("page.new-operation"),
            Self::Execution => text!("page.execution"),
            Self::Notifications => text!("page.notifications"),
            Self::Tokens => text!("page.tokens"),
            Self::Quarantine => text!("page.quarantine"),
            Self::TryLines => text!("page.try-lines"),
            Self::Jobs => text!("page.jobs"),
            Self::Backups => text!("page.backups"),
            Self::Review => text!("page.review"),
            Self::SavedView => text!("page.saved-view"),
        }
    }

    /// What it stands under, from the top.
    pub const fn under(self) -> &'static [Text] {
        match self {
            Self::Profile | Self::SignIn | Self::Account => &[],
            Self::Behavior | Self::Changes | Self::Exposure => &[text!("frame.dashboard"), text!("frame.pam-core")],
            Self::Timeline => &[text!("frame.reports"), text!("frame.events")],
            Self::Review | Self::SavedView => &[text!("frame.reports")],
            Self::NewOperation => &[text!("frame.reports"), text!("report.password-operation.title")],
            Self::Execution | Self::Notifications | Self::Tokens | Self::Quarantine | Self::TryLines | Self::Jobs | Self::Backups => {
                &[text!("frame.administration")]
            }
        }
    }

    /// Its icon, where it is in the menu of administrators.
    pub const fn icon(self) -> Option<&'static str> {
        match self {
            Self::Behavior
            | Self::Changes
            | Self::Exposure
            | Self::Timeline
            | Self::Profile
            | Self::SignIn
            | Self::Account
            | Self::NewOperation
            | Self::Review
            | Self::SavedView => None,
            Self::Execution => Some("operations"),
            Self::Notifications => Some("bell"),
            Self::Tokens => Some("token"),
            Self::Quarantine => Some("quarantine"),
            Self::TryLines => Some("try-lines"),
            Self::Jobs => Some("jobs"),
            Self::Backups => Some("backups"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_leads_to_its_page_and_to_no_other() {
        for page in LatePage::ALL {
            assert_eq!(LatePage::at(page.path()), Some(page));
        }
        assert_eq!(LatePage::at("/admin"), None);
    }
}
