//! Every (ancestor, descendant) pair with the dates on which it holds, the node itself included.

use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, OrgId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "org_closure")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub descendant_id: OrgId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
    /// Steps from the ancestor down; 0 = the unit itself.
    pub distance: i32,
}

impl ActiveModelBehavior for ActiveModel {}
