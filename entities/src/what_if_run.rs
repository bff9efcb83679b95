//! Drafts evaluated over past dates without being published.

use sea_orm::entity::prelude::*;
use vocabulary::{Instant, JobId, LocalDate, PersonId, UserId, WhatIfRunId};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "what_if_run")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: WhatIfRunId,
    pub job_id: JobId,
    pub name: String,
    pub from_date: LocalDate,
    pub to_date: LocalDate,
    /// JSON: what would be published
    pub drafts: String,
    /// JSON: whom the author asked for
    pub target: String,
    /// JSON: whom the author could see when he asked
    pub scope: String,
    /// people up to this id are compared
    pub after_person: PersonId,
    /// how many people that are
    pub people: i64,
    /// differing dates that are kept
    pub day_rows: i64,
    /// there were more; the totals hold all
    pub truncated: bool,
    /// JSON
    pub totals: String,
    pub author_id: Option<UserId>,
    pub created_at: Instant,
    pub deleted_at: Option<Instant>,
}

impl ActiveModelBehavior for ActiveModel {}
