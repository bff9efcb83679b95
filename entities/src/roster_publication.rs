//! A draft that was published; its id is the version of the roster.

use sea_orm::entity::prelude::*;
use vocabulary::{DraftId, Instant, LocalDate, PublicationId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "roster_publication")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PublicationId,
    pub draft_id: DraftId,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    pub cells: i32,
    pub people: i32,
    pub note: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
