//! Dimensions, their value trees, and who has which value.

use poem_openapi::Object;
use poem_openapi::types::Example;
use vocabulary::{DimensionId, DimensionValueId, LocalDate, OrgId, PersonId};

use crate::Item;
use crate::examples::march;

/// A dimension (维度): region, business line, kind of work.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example)]
pub struct DimensionView {
    pub id: DimensionId,
    pub code: String,
    pub name: String,
    pub version: i32,
}

impl Example for DimensionView {
    fn example() -> Self {
        let (code, name) = ("region".to_owned(), "区域".to_owned());
        Self { id: DimensionId(1), code, name, version: 1 }
    }
}

impl Item for DimensionView {}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DimensionCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
}

impl Example for DimensionCreate {
    fn example() -> Self {
        Self { code: "region".to_owned(), name: "区域".to_owned() }
    }
}

/// What is absent stays as it is. The code may change: everything refers to the id.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionPatch {
    /// The version this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
}

impl Example for DimensionPatch {
    fn example() -> Self {
        Self { version: 1, code: None, name: Some("大区".to_owned()) }
    }
}

/// A value of a dimension. `parent_id` makes the tree.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionValueView {
    pub id: DimensionValueId,
    pub dimension_id: DimensionId,
    pub parent_id: Option<DimensionValueId>,
    /// Unique in its dimension.
    pub code: String,
    pub name: String,
    /// Nobody new gets one that is not active.
    pub active: bool,
    pub version: i32,
}

impl Example for DimensionValueView {
    fn example() -> Self {
        Self {
            id: DimensionValueId(2),
            dimension_id: DimensionId(1),
            parent_id: Some(DimensionValueId(1)),
            code: "SH".to_owned(),
            name: "上海".to_owned(),
            active: true,
            version: 1,
        }
    }
}

impl Item for DimensionValueView {}

/// A value by its code. What is absent takes the default for a new one and stays for a known one.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionValuePut {
    /// Unique in its dimension; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// Required for a new one.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Code of the value above; it may be in the same batch.
    #[oai(validator(max_length = 40))]
    pub parent: Option<String>,
    /// The value stands at the top.
    #[oai(default)]
    pub at_top: bool,
    pub active: Option<bool>,
}

impl Example for DimensionValuePut {
    fn example() -> Self {
        Self {
            code: "SH".to_owned(),
            name: Some("上海".to_owned()),
            parent: Some("east".to_owned()),
            at_top: false,
            active: None,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DimensionValuesPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub values: Vec<DimensionValuePut>,
}

impl Example for DimensionValuesPut {
    fn example() -> Self {
        Self { values: vec![DimensionValuePut::example()] }
    }
}

/// What is absent stays as it is.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionValuePatch {
    /// The version this is based on.
    pub version: i32,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Code of the value above.
    #[oai(validator(max_length = 40))]
    pub parent: Option<String>,
    /// The value stands at the top.
    #[oai(default)]
    pub at_top: bool,
    pub active: Option<bool>,
}

impl Example for DimensionValuePatch {
    fn example() -> Self {
        Self { version: 1, name: None, parent: None, at_top: true, active: None }
    }
}

/// One entry of the timeline of a person or a department. It holds until the next one.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionAssignmentView {
    pub person_id: Option<PersonId>,
    pub org_id: Option<OrgId>,
    pub dimension_id: DimensionId,
    /// Code of the dimension.
    pub dimension: String,
    pub valid_from: LocalDate,
    /// Absent = none of its own: the department, or the one above it, says it.
    pub value_id: Option<DimensionValueId>,
    /// Code of the value.
    pub value: Option<String>,
}

impl Example for DimensionAssignmentView {
    fn example() -> Self {
        Self {
            person_id: None,
            org_id: Some(OrgId(1)),
            dimension_id: DimensionId(1),
            dimension: "region".to_owned(),
            valid_from: march(1),
            value_id: Some(DimensionValueId(2)),
            value: Some("SH".to_owned()),
        }
    }
}

impl Item for DimensionAssignmentView {}

/// From a date on a person, or a department with all below it, has this value, until the next entry.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionAssignmentPut {
    /// Code of the dimension.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub dimension: String,
    /// Either this or `org_id`. What is said of a person counts before what is said of departments.
    pub person_id: Option<PersonId>,
    /// The department and all below it that have no value of their own.
    pub org_id: Option<OrgId>,
    pub valid_from: LocalDate,
    /// Code of the value; absent = none of its own from this date on.
    #[oai(validator(max_length = 40))]
    pub value: Option<String>,
    /// The entry of this date is removed and the one before goes on.
    #[oai(default)]
    pub remove: bool,
}

impl Example for DimensionAssignmentPut {
    fn example() -> Self {
        Self {
            dimension: "region".to_owned(),
            person_id: None,
            org_id: Some(OrgId(1)),
            valid_from: march(1),
            value: Some("SH".to_owned()),
            remove: false,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct DimensionAssignmentsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub assignments: Vec<DimensionAssignmentPut>,
}

impl Example for DimensionAssignmentsPut {
    fn example() -> Self {
        Self { assignments: vec![DimensionAssignmentPut::example()] }
    }
}

/// A person with the value that counts for him on the date asked for.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct DimensionMemberView {
    pub person_id: PersonId,
    /// Employee number.
    pub number: String,
    pub name: String,
    pub value_id: Option<DimensionValueId>,
    /// Code of the value.
    pub value: Option<String>,
    /// Whether the value is his own; else a department says it.
    pub own: bool,
}

impl Example for DimensionMemberView {
    fn example() -> Self {
        Self {
            person_id: PersonId(7),
            number: "1001".to_owned(),
            name: "王芳".to_owned(),
            value_id: Some(DimensionValueId(2)),
            value: Some("SH".to_owned()),
            own: false,
        }
    }
}

impl Item for DimensionMemberView {}
