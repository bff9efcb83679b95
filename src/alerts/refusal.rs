use crate::base::Refusal;

/// Why this room says no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlertRefusal {
    AlertNotFound,
    /// It is acknowledged or resolved already.
    AlertHandled,
}

use AlertRefusal as R;

impl Refusal for AlertRefusal {
    fn code(&self) -> &'static str {
        match self {
            R::AlertNotFound => "alert_not_found",
            R::AlertHandled => "alert_handled",
        }
    }

    fn status(&self) -> u16 {
        match self {
            R::AlertNotFound => 404,
            R::AlertHandled => 409,
        }
    }

    fn zh(&self) -> String {
        match self {
            R::AlertNotFound => "没有这条预警",
            R::AlertHandled => "预警已被确认或解决",
        }
        .to_owned()
    }

    fn en(&self) -> String {
        match self {
            R::AlertNotFound => "There is no such alert",
            R::AlertHandled => "The alert is acknowledged or resolved already",
        }
        .to_owned()
    }
}
