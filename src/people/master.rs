use serde::Serialize;

use super::MasterRefusal;
use crate::base::{code_is_valid, name_is_valid};

/// A list of things people are assigned to (domain 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Master {
    Position,
    Dimension,
    Team,
}

impl Master {
    pub(super) const fn table(self) -> &'static str {
        match self {
            Self::Position => "position",
            Self::Dimension => "dimension",
            Self::Team => "team",
        }
    }

    pub(super) fn not_found(self) -> MasterRefusal {
        match self {
            Self::Position => MasterRefusal::PositionNotFound,
            Self::Dimension => MasterRefusal::DimensionNotFound,
            Self::Team => MasterRefusal::TeamNotFound,
        }
    }
}

/// What is said of one. `None` = nothing: a new one takes the default, a known one stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct MasterInput {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    pub code: String,
    /// Required for a new one.
    pub name: Option<String>,
    /// Of a position; 0 for a new one. A change to a position of higher grade is a promotion.
    pub grade: Option<i32>,
    /// Of a position or team: nobody new is assigned to one that is not active.
    pub active: Option<bool>,
}

/// Highest grade.
const MAX_GRADE: i32 = 999;

impl MasterInput {
    pub(super) fn check(&self, is_new: bool) -> Result<(), MasterRefusal> {
        if !code_is_valid(&self.code) {
            return Err(MasterRefusal::CodeInvalid);
        }
        if self.name.is_none() && is_new {
            return Err(MasterRefusal::NameRequired);
        }
        if !self.name.as_deref().is_none_or(name_is_valid) {
            return Err(MasterRefusal::NameInvalid);
        }
        if self.grade.is_some_and(|g| !(0..=MAX_GRADE).contains(&g)) {
            return Err(MasterRefusal::GradeInvalid { max: MAX_GRADE });
        }
        Ok(())
    }
}
