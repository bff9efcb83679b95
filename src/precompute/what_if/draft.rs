//! Drafts, and the inputs of the evaluation as they would be with them.

use std::collections::HashMap;
use std::sync::Arc;

use engine::DateKind;
use serde::{Deserialize, Serialize};
use vocabulary::{CalendarId, Instant, LocalDate};

use super::{MAX_DRAFTS, WhatIfRefusal};
use crate::base::{Failure, Query};
use crate::calendars::{self, CalendarRefusal, DateChange};
use crate::precompute::gather::{Calendar, Inputs};
use crate::rules::{Book, DraftBook, Drafts};

/// Dates of a calendar as they might be set.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CalendarDraft {
    pub calendar: CalendarId,
    pub dates: Vec<DateChange>,
}

/// What would be published.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct WhatIfDrafts {
    #[serde(flatten)]
    pub versions: Drafts,
    pub calendars: Vec<CalendarDraft>,
}

/// The drafts, ready to be put into gathered inputs.
pub struct Drafted {
    book: DraftBook,
    dates: Vec<(CalendarId, LocalDate, Option<DateKind>)>,
}

/// What takes the place of the published state.
pub struct Swap {
    book: Arc<Book>,
    calendars: HashMap<CalendarId, Calendar>,
}

impl Drafted {
    /// Refuses what publishing would refuse, as far as the drafts themselves tell.
    pub fn new(drafts: WhatIfDrafts) -> Result<Self, Failure> {
        let versions = &drafts.versions;
        let count = versions.rules.len() + versions.shifts.len() + drafts.calendars.len();
        if count == 0 {
            return Err(WhatIfRefusal::NothingDrafted.into());
        }
        if count > MAX_DRAFTS {
            return Err(WhatIfRefusal::TooManyDrafts.into());
        }
        let mut dates = Vec::new();
        for c in &drafts.calendars {
            calendars::check_changes(&c.dates)?;
            dates.extend(c.dates.iter().map(|d| (c.calendar, d.date, d.kind)));
        }
        Ok(Self { book: DraftBook::new(drafts.versions), dates })
    }

    /// Refuses what publishing on top of the state of `q` would refuse.
    pub async fn check(&mut self, q: &impl Query, at: Instant) -> Result<(), Failure> {
        self.book.on(q, at).await?;
        for (id, _, _) in &self.dates {
            if calendars::calendar_row(q, *id).await?.is_none() {
                return Err(CalendarRefusal::CalendarNotFound.into());
            }
        }
        Ok(())
    }

    /// What takes the place of the published state in these inputs.
    pub async fn swap(
        &mut self,
        q: &impl Query,
        inputs: &Inputs,
        at: Instant,
    ) -> Result<Swap, Failure> {
        let book = self.book.on(q, at).await?;
        let mut calendars = inputs.calendars.clone();
        for (id, date, kind) in &self.dates {
            let calendar = calendars.get_mut(id).ok_or(CalendarRefusal::CalendarNotFound)?;
            match kind {
                Some(kind) => calendar.dates.insert(*date, *kind),
                None => calendar.dates.remove(date),
            };
        }
        Ok(Swap { book, calendars })
    }
}

impl Swap {
    /// Puts the drafts in the place of the published state; a second time puts it back.
    pub fn with(&mut self, inputs: &mut Inputs) {
        std::mem::swap(&mut inputs.book, &mut self.book);
        std::mem::swap(&mut inputs.calendars, &mut self.calendars);
    }
}
