//! A cell of a draft; without shifts the published cell is to be removed.

use sea_orm::entity::prelude::*;
use vocabulary::{DraftId, LocalDate, TemplateId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "draft_cell")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub draft_id: DraftId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub layer: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub subject_id: i64,
    #[sea_orm(primary_key, auto_increment = false)]
    pub work_date: LocalDate,
    pub shift_ids: Option<String>,
    pub source: String,
    pub template_id: Option<TemplateId>,
    pub base_version: i32,
}

impl ActiveModelBehavior for ActiveModel {}
