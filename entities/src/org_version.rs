//! What a unit is from a date on.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, OrgId, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_version")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub org_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub name: String,
    pub short_name: String,
    pub kind: String,
    pub parent_id: Option<OrgId>,
    pub sort_order: i32,
    pub head_id: Option<PersonId>,
    /// JSON list of person ids.
    pub deputy_ids: String,
    pub region: String,
    pub cost_centre: String,
}

impl ActiveModelBehavior for ActiveModel {}
