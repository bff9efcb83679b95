//! Runs as the API shows them.

use contract::results::FindingView;
use contract::what_if::{
    DraftView, ItemChangeView, ItemSumView, WhatIfDayView, WhatIfRunView, WhatIfSideView,
    WhatIfSumsView,
};

use super::compare::{Found, Side, Sums, Totals};
use super::draft::WhatIfDrafts;
use super::read::{DifferenceRow, RunRow, Target};
use crate::base::Fault;
use crate::jobs::api::{error_view, job_state};
use crate::precompute::row::NUMBERS;
use crate::precompute::view::finding_text;

pub fn run_view(run: &RunRow, totals: &Totals) -> Result<WhatIfRunView, Fault> {
    let (org, persons) = match run.target()? {
        Target::Everybody => (None, Vec::new()),
        Target::Org(id) => (Some(id), Vec::new()),
        Target::Persons(ids) => (None, ids),
    };
    Ok(WhatIfRunView {
        id: run.id,
        job_id: run.job_id,
        name: run.name.clone(),
        from: run.from_date,
        to: run.to_date,
        org_id: org,
        person_ids: persons,
        drafts: drafts(&run.drafts()?),
        state: job_state(&run.state),
        progress_done: run.progress_done,
        progress_total: run.progress_total,
        error: error_view(run.error.as_deref())?,
        changes: sums(&totals.open),
        adjustments: sums(&totals.locked),
        truncated: run.truncated,
        author_id: run.author_id,
        created_at: run.created_at,
        finished_at: run.finished_at,
    })
}

fn drafts(d: &WhatIfDrafts) -> Vec<DraftView> {
    let rules = d.versions.rules.iter().map(|r| DraftView {
        kind: r.kind.as_str().to_owned(),
        code: r.code.clone(),
        effective_from: Some(r.effective_from),
    });
    let shifts = d.versions.shifts.iter().map(|s| DraftView {
        kind: "shift".to_owned(),
        code: s.code.clone(),
        effective_from: Some(s.effective_from),
    });
    let calendars = d.calendars.iter().map(|c| DraftView {
        kind: "calendar".to_owned(),
        code: c.calendar.to_string(),
        effective_from: None,
    });
    rules.chain(shifts).chain(calendars).collect()
}

fn sums(s: &Sums) -> WhatIfSumsView {
    let item = |(name, (days, delta)): (&String, &(i64, i64))| {
        (name.clone(), ItemSumView { days: *days, delta: *delta })
    };
    WhatIfSumsView {
        people: s.people,
        days: s.days,
        items: s.items.iter().map(item).collect(),
        exceptions_added: s.added.clone().into_iter().collect(),
        exceptions_removed: s.removed.clone().into_iter().collect(),
    }
}

pub fn day_view(r: DifferenceRow) -> Result<WhatIfDayView, Fault> {
    let content = r.content()?;
    let change = |(item, before, after): (&str, i32, i32)| ItemChangeView {
        item: item.to_owned(),
        before,
        after,
    };
    Ok(WhatIfDayView {
        person_id: r.person_id,
        number: r.number,
        name: r.name,
        work_date: r.work_date,
        org_id: r.org_id,
        position_id: r.position_id,
        employment_kind: r.employment_kind,
        locked: r.locked,
        changed: r.changed.split(',').filter(|c| !c.is_empty()).map(str::to_owned).collect(),
        changes: content.moved().map(change).collect(),
        before: content.before.map(side),
        after: content.after.map(side),
        exceptions_added: content.added.into_iter().map(exception).collect(),
        exceptions_removed: content.removed.into_iter().map(exception).collect(),
    })
}

fn side(s: Side) -> WhatIfSideView {
    WhatIfSideView {
        state: s.state,
        day_type: s.day_type,
        shift: s.shift,
        scheme_id: s.scheme,
        items: NUMBERS.iter().zip(s.items).map(|(name, n)| ((*name).to_owned(), n)).collect(),
    }
}

fn exception(f: Found) -> FindingView {
    FindingView {
        text: finding_text(&f.code),
        code: f.code,
        at: f.at,
        minutes: f.minutes,
        request: f.request,
    }
}
