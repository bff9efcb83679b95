//! A team roster template (班组排班模板): which team works which shift on which day of the pattern.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, RuleId, TemplateId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_template")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: TemplateId,
    pub code: String,
    pub name: String,
    pub scheme_id: Option<RuleId>,
    pub days: i32,
    pub shift_kind: String,
    pub grid: String,
    pub active: bool,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
