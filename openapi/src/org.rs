//! The organisation over time.

use poem_openapi::types::Example;
use poem_openapi::{Enum, Object};
use vocabulary::{LocalDate, OrgId, PersonId};

use crate::Item;
use crate::examples::march;

/// Kind of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[oai(rename_all = "snake_case")]
pub enum OrgKind {
    /// 集团
    Group,
    /// 公司
    Company,
    /// 工厂
    Plant,
    /// 部门
    Department,
    /// 班组
    Team,
}

/// A unit of the organisation as of the date asked for.
#[derive(Clone, Debug, PartialEq, Eq, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgUnitView {
    pub id: OrgId,
    pub code: String,
    pub name: String,
    /// 简称; empty if it has none.
    pub short_name: String,
    pub kind: OrgKind,
    /// Absent at the top.
    pub parent_id: Option<OrgId>,
    /// Place among its neighbours.
    pub sort_order: i32,
    /// 负责人
    pub head_id: Option<PersonId>,
    /// 副职
    pub deputy_ids: Vec<PersonId>,
    pub region: String,
    /// 成本中心
    pub cost_centre: String,
    pub valid_from: LocalDate,
    /// Last date of a closed unit.
    pub valid_to: Option<LocalDate>,
    pub version: i32,
}

impl Example for OrgUnitView {
    fn example() -> Self {
        Self {
            id: OrgId(3),
            code: "001001".to_owned(),
            name: "职业培训中心A".to_owned(),
            short_name: "培训A".to_owned(),
            kind: OrgKind::Department,
            parent_id: Some(OrgId(1)),
            sort_order: 10,
            head_id: Some(PersonId(7)),
            deputy_ids: vec![PersonId(8)],
            region: "上海".to_owned(),
            cost_centre: "CC-100".to_owned(),
            valid_from: march(1),
            valid_to: None,
            version: 1,
        }
    }
}

impl Item for OrgUnitView {}

#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgUnitCreate {
    /// Unique; 1 to 40 letters, digits and `. - _`.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: String,
    pub kind: OrgKind,
    /// Code of the unit above; required unless one sees everybody.
    #[oai(validator(max_length = 40))]
    pub parent_code: Option<String>,
    /// First date.
    pub valid_from: LocalDate,
    #[oai(validator(max_length = 60))]
    pub short_name: Option<String>,
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub sort_order: Option<i32>,
    pub head_id: Option<PersonId>,
    #[oai(validator(max_items = 20))]
    pub deputy_ids: Option<Vec<PersonId>>,
    #[oai(validator(max_length = 60))]
    pub region: Option<String>,
    #[oai(validator(max_length = 60))]
    pub cost_centre: Option<String>,
}

impl Example for OrgUnitCreate {
    fn example() -> Self {
        Self {
            code: "001001".to_owned(),
            name: "职业培训中心A".to_owned(),
            kind: OrgKind::Department,
            parent_code: Some("001".to_owned()),
            valid_from: march(1),
            short_name: Some("培训A".to_owned()),
            sort_order: Some(10),
            head_id: None,
            deputy_ids: None,
            region: None,
            cost_centre: Some("CC-100".to_owned()),
        }
    }
}

/// What is absent stays as it is. Each field keeps its new value up to its own next change.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgUnitPatch {
    /// The version this is based on.
    pub version: i32,
    /// From this date on; absent = what is in effect today is corrected.
    pub valid_from: Option<LocalDate>,
    /// Holds for all dates: everything refers to the id.
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: Option<String>,
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Empty = none.
    #[oai(validator(max_length = 60))]
    pub short_name: Option<String>,
    pub kind: Option<OrgKind>,
    #[oai(validator(minimum(value = "0"), maximum(value = "1000000")))]
    pub sort_order: Option<i32>,
    pub head_id: Option<PersonId>,
    /// Nobody leads it.
    #[oai(default)]
    pub without_head: bool,
    #[oai(validator(max_items = 20))]
    pub deputy_ids: Option<Vec<PersonId>>,
    /// Empty = none.
    #[oai(validator(max_length = 60))]
    pub region: Option<String>,
    /// Empty = none.
    #[oai(validator(max_length = 60))]
    pub cost_centre: Option<String>,
}

impl Example for OrgUnitPatch {
    fn example() -> Self {
        Self {
            version: 1,
            valid_from: Some(march(32)),
            code: None,
            name: Some("培训中心".to_owned()),
            short_name: None,
            kind: None,
            sort_order: None,
            head_id: Some(PersonId(7)),
            without_head: false,
            deputy_ids: None,
            region: None,
            cost_centre: None,
        }
    }
}

/// Another place in the tree from a date on.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgMoveCreate {
    /// The version this is based on.
    pub version: i32,
    pub valid_from: LocalDate,
    /// Code of the unit above; absent = at the top, for those who see everybody.
    #[oai(validator(max_length = 40))]
    pub parent_code: Option<String>,
}

impl Example for OrgMoveCreate {
    fn example() -> Self {
        Self { version: 1, valid_from: march(32), parent_code: Some("002".to_owned()) }
    }
}

/// The last date of a unit.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgClosingPut {
    /// The version this is based on.
    pub version: i32,
    /// Absent = the unit is open again.
    pub last_day: Option<LocalDate>,
}

impl Example for OrgClosingPut {
    fn example() -> Self {
        Self { version: 1, last_day: Some(march(31)) }
    }
}

/// What a unit is from a date on. What is absent takes the default for a new unit and stays for a known one.
#[derive(Clone, Debug, Object)]
#[oai(example, skip_serializing_if_is_none)]
pub struct OrgUnitPut {
    #[oai(validator(min_length = 1, max_length = 40))]
    pub code: String,
    /// First date of a new unit; from this date on a known one is so.
    pub valid_from: LocalDate,
    /// Required for a new unit.
    #[oai(validator(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    #[oai(validator(max_length = 60))]
    pub short_name: Option<String>,
    pub kind: Option<OrgKind>,
    /// Code of the unit above; it may be in the same batch.
    #[oai(validator(max_length = 40))]
    pub parent_code: Option<String>,
    /// The unit stands at the top.
    #[oai(default)]
    pub at_top: bool,
    pub sort_order: Option<i32>,
    /// Employee number of the head; empty = nobody.
    #[oai(validator(max_length = 20))]
    pub head_number: Option<String>,
    /// Employee numbers of the deputies.
    #[oai(validator(max_items = 20))]
    pub deputy_numbers: Option<Vec<String>>,
    #[oai(validator(max_length = 60))]
    pub region: Option<String>,
    #[oai(validator(max_length = 60))]
    pub cost_centre: Option<String>,
    /// The unit is closed after this date.
    pub last_day: Option<LocalDate>,
}

impl Example for OrgUnitPut {
    fn example() -> Self {
        Self {
            code: "001001".to_owned(),
            valid_from: march(1),
            name: Some("职业培训中心A".to_owned()),
            short_name: None,
            kind: Some(OrgKind::Department),
            parent_code: Some("001".to_owned()),
            at_top: false,
            sort_order: None,
            head_number: Some("1001".to_owned()),
            deputy_numbers: None,
            region: None,
            cost_centre: None,
            last_day: None,
        }
    }
}

#[derive(Clone, Debug, Object)]
#[oai(example)]
pub struct OrgUnitsPut {
    #[oai(validator(min_items = 1, max_items = 5000))]
    pub units: Vec<OrgUnitPut>,
}

impl Example for OrgUnitsPut {
    fn example() -> Self {
        Self { units: vec![OrgUnitPut::example()] }
    }
}
