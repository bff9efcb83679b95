use sea_orm::entity::prelude::*;
use vocabulary::{LocalDate, PersonId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_card")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub person_id: PersonId,
    pub card_no: String,
    pub valid_from: LocalDate,
    pub valid_to: Option<LocalDate>,
}

impl ActiveModelBehavior for ActiveModel {}
