//! What becomes due soon in an employment; each step is said once.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId, ReminderId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "employment_reminder")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReminderId,
    pub person_id: PersonId,
    /// probation_end, contract_end, unfreeze_due
    pub kind: String,
    pub due_on: LocalDate,
    /// 30, 15, 7
    pub days_before: i32,
    pub made_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
