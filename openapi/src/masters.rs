//! Positions and teams.

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{LocalDate, PersonId, PositionId, TeamId};

use crate::Item;
use crate::examples::march;

/// A position (岗位).
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct PositionView {
    pub id: PositionId,
    pub code: String,
    pub name: String,
    /// A change to a position of higher grade is a promotion.
    pub grade: i32,
    /// Nobody new gets one that is not active.
    pub active: bool,
    pub version: i32,
}

impl Example for PositionView {
    fn example() -> Self {
        Self {
            id: PositionId(2),
            code: "leader".to_owned(),
            name: "组长".to_owned(),
            grade: 20,
            active: true,
            version: 1,
        }
    }
}

impl Item for PositionView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PositionCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    #[oai(validator(minimum(value = "0"), maximum(value = "999")))]
    pub grade: i32,
}

impl Example for PositionCreate {
    fn example() -> Self {
        Self { code: "leader".to_owned(), name: "组长".to_owned(), grade: 20 }
    }
}

/// What is absent stays as it is. The code may change: everything refers to the id.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PositionPatch {
    /// The version this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    #[oai(validator(minimum(value = "0"), maximum(value = "999")))]
    pub grade: Option<i32>,
    pub active: Option<bool>,
}

impl Example for PositionPatch {
    fn example() -> Self {
        Self { version: 1, code: None, name: None, grade: Some(25), active: None }
    }
}

/// A position by its code. What is absent takes the default for a new one and stays for a known one.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct PositionPut {
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Required for a new one.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    pub grade: Option<i32>,
    pub active: Option<bool>,
}

impl Example for PositionPut {
    fn example() -> Self {
        Self {
            code: "leader".to_owned(),
            name: Some("组长".to_owned()),
            grade: Some(20),
            active: None,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct PositionsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub positions: Vec<PositionPut>,
}

impl Example for PositionsPut {
    fn example() -> Self {
        Self { positions: vec![PositionPut::example()] }
    }
}

/// A team (班组) for rostering; it may cross departments.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct TeamView {
    pub id: TeamId,
    pub code: String,
    pub name: String,
    /// Nobody new is put into one that is not active.
    pub active: bool,
    pub version: i32,
}

impl Example for TeamView {
    fn example() -> Self {
        Self {
            id: TeamId(1),
            code: "A".to_owned(),
            name: "甲班".to_owned(),
            active: true,
            version: 1,
        }
    }
}

impl Item for TeamView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
}

impl Example for TeamCreate {
    fn example() -> Self {
        Self { code: "A".to_owned(), name: "甲班".to_owned() }
    }
}

/// What is absent stays as it is. The code may change: everything refers to the id.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamPatch {
    /// The version this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    pub active: Option<bool>,
}

impl Example for TeamPatch {
    fn example() -> Self {
        Self { version: 1, code: None, name: Some("甲一班".to_owned()), active: None }
    }
}

/// A team by its code. What is absent takes the default for a new one and stays for a known one.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamPut {
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Required for a new one.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    pub active: Option<bool>,
}

impl Example for TeamPut {
    fn example() -> Self {
        Self { code: "A".to_owned(), name: Some("甲班".to_owned()), active: None }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub teams: Vec<TeamPut>,
}

impl Example for TeamsPut {
    fn example() -> Self {
        Self { teams: vec![TeamPut::example()] }
    }
}

/// One entry of the timeline of a person's team. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamMemberView {
    pub person_id: PersonId,
    /// Employee number.
    pub number: String,
    pub name: String,
    pub valid_from: LocalDate,
    /// Absent = in no team.
    pub team_id: Option<TeamId>,
    /// Code of the team.
    pub team: Option<String>,
}

impl Example for TeamMemberView {
    fn example() -> Self {
        Self {
            person_id: PersonId(7),
            number: "1001".to_owned(),
            name: "王芳".to_owned(),
            valid_from: march(1),
            team_id: Some(TeamId(1)),
            team: Some("A".to_owned()),
        }
    }
}

impl Item for TeamMemberView {}

/// From a date on a person is in this team, until the next entry of his timeline.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct TeamMemberPut {
    pub person_id: PersonId,
    pub valid_from: LocalDate,
    /// Code of a team; absent = in no team.
    #[oai(validator(max_length = 40))]
    pub team: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    #[oai(default)]
    pub remove: bool,
}

impl Example for TeamMemberPut {
    fn example() -> Self {
        Self {
            person_id: PersonId(7),
            valid_from: march(1),
            team: Some("A".to_owned()),
            remove: false,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct TeamMembersPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub members: Vec<TeamMemberPut>,
}

impl Example for TeamMembersPut {
    fn example() -> Self {
        Self { members: vec![TeamMemberPut::example()] }
    }
}
