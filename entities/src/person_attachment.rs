use sea_orm::entity::prelude::*;
use vocabulary::{AttachmentId, Instant, LocalDate, PersonId, UserId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_attachment")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AttachmentId,
    pub person_id: PersonId,
    pub kind: String,
    pub name: String,
    pub dated_on: Option<LocalDate>,
    pub media: String,
    pub bytes: i64,
    pub sha256: String,
    pub blob: String,
    pub author_id: Option<UserId>,
    pub at: Instant,
}

impl ActiveModelBehavior for ActiveModel {}
