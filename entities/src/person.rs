use sea_orm::entity::prelude::*;
use vocabulary::{Instant, LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PersonId,
    /// employee number, never reused
    pub number: String,
    pub name: String,
    /// IANA name; the wall clock this person lives by
    pub zone: String,
    /// first day in service
    pub hired_on: LocalDate,
    /// last day in service
    pub left_on: Option<LocalDate>,
    pub version: i32,
    pub created_at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
