use sea_orm::entity::prelude::*;
use vocabulary::{ArchiveId, LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_archive")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ArchiveId,
    pub person_id: PersonId,
    pub kind: String,
    pub body: String,
    pub paper_cipher: Option<String>,
    pub paper_key: Option<String>,
    pub valid_from: Option<LocalDate>,
    pub valid_to: Option<LocalDate>,
    pub remarks: Option<String>,
    pub version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
