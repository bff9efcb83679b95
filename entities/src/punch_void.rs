use sea_orm::entity::prelude::*;
use vocabulary::{Instant, PersonId, PunchId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "punch_void")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub punch_id: PunchId,
    pub person_id: PersonId,
    /// of the punch
    pub at: Instant,
    pub reason: String,
    pub voided_by: Option<UserId>,
    pub voided_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
