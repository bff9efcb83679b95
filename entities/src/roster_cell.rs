//! One cell per person and date: a JSON list of shift ids; the empty list is a rest cell.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId, TemplateId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub person_id: PersonId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    pub shift_ids: String,
    /// manual, import, generated
    pub source: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
    pub version: i32,
    pub template_id: Option<TemplateId>,
}

impl ActiveModelBehavior for ActiveModel {}
