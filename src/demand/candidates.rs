//! Who could take a shift so that demand is met; with reasons for everybody.

use engine::Service;
use engine::legality::{Severity, Work};
use vocabulary::{LocalDate, PersonId, PositionId, ShiftId};

use super::coverage::Staff;
use super::{DemandRefusal, DemandTable};
use crate::base::{Failure, Query};
use crate::shifts::{
    GridPerson, LegalFinding, Planned, ShiftWords, judged, position_on, shift_codes,
};

/// What is looked for.
#[derive(Clone, Debug)]
pub struct CandidateAsked {
    pub date: LocalDate,
    /// Minutes of the date that must be covered.
    pub start_minute: i32,
    pub end_minute: i32,
    /// `None` = anybody.
    pub position: Option<PositionId>,
    /// Code of the shift that would be given.
    pub shift: String,
}

/// Why somebody is or is not proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Nothing is planned for him on the date.
    Free,
    Qualified,
    /// Minutes planned in the month, without the shift.
    MonthMinutes(i32),
    /// A check that does not hinder.
    Note(Box<LegalFinding>),
    NotInService,
    NotQualified,
    /// He works these shifts.
    Planned(Vec<String>),
    /// Approved leave or a trip.
    Away,
    /// The shift would break a check.
    Breaks(Box<LegalFinding>),
}

impl Reason {
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Qualified => "qualified",
            Self::MonthMinutes(_) => "month_minutes",
            Self::Note(_) => "note",
            Self::NotInService => "not_in_service",
            Self::NotQualified => "not_qualified",
            Self::Planned(_) => "already_planned",
            Self::Away => "away",
            Self::Breaks(_) => "breaks_check",
        }
    }

    const fn refuses(&self) -> bool {
        matches!(
            self,
            Self::NotInService
                | Self::NotQualified
                | Self::Planned(_)
                | Self::Away
                | Self::Breaks(_)
        )
    }
}

/// A person with his reasons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    pub person: PersonId,
    pub number: String,
    pub name: String,
    /// Minutes planned in the month of the date, without the shift.
    pub month_minutes: i32,
    pub reasons: Vec<Reason>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Candidates {
    /// Fewest hours of the month first.
    pub proposed: Vec<Candidate>,
    pub refused: Vec<Candidate>,
}

/// Proposes people of the department for a shift, in a fixed number of queries. Writes nothing.
pub async fn candidates(
    q: &impl Query,
    table: &DemandTable,
    asked: &CandidateAsked,
) -> Result<Candidates, Failure> {
    let (date, span) = (asked.date, (asked.start_minute, asked.end_minute));
    if span.0 < 0 || span.0 >= span.1 || span.1 > 1_440 {
        return Err(DemandRefusal::TimesInvalid.into());
    }
    let words = ShiftWords::new(shift_codes(q).await?);
    let shift = words.codes.get(&asked.shift).map(|i| i.id).ok_or(DemandRefusal::ShiftUnknown)?;
    let mut staff = Staff::read(q, table, (date, date), judged(date, date)).await?;
    let work = staff.plans.work.on(shift, date).cloned().ok_or(DemandRefusal::ShiftUnknown)?;
    if !work.spans.iter().any(|(s, e)| *s <= span.0 && span.1 <= *e) {
        return Err(DemandRefusal::ShiftDoesNotCover.into());
    }
    let mut all = Candidates::default();
    for person in staff.people.clone() {
        if !staff.member.has(person.id, date) {
            continue;
        }
        let candidate = judge(&mut staff, &words, person, asked, (shift, &work));
        let refused = candidate.reasons.iter().any(Reason::refuses);
        if refused { all.refused.push(candidate) } else { all.proposed.push(candidate) }
    }
    for list in [&mut all.proposed, &mut all.refused] {
        list.sort_by(|a, b| (a.month_minutes, &a.number).cmp(&(b.month_minutes, &b.number)));
    }
    Ok(all)
}

fn judge(
    staff: &mut Staff,
    words: &ShiftWords,
    person: GridPerson,
    asked: &CandidateAsked,
    (shift, work): (ShiftId, &Work),
) -> Candidate {
    let (id, date) = (person.id, asked.date);
    let (first, last) = judged(date, date);
    let days = staff.plans.days(id, first, last);
    let month = (date.year(), date.month());
    let in_month = days.iter().filter(|d| (d.date.year(), d.date.month()) == month);
    let month_minutes = in_month.map(|d| d.minutes()).sum();
    let mut reasons = Vec::new();
    let cell = staff.plans.cells.on(id, date);
    if cell.service != Service::InService {
        reasons.push(Reason::NotInService);
    }
    match cell.planned {
        Planned::Shifts(list) => {
            let codes = list.iter().map(|s| words.code_of(*s).to_owned()).collect();
            reasons.push(Reason::Planned(codes));
        }
        Planned::Empty | Planned::Rest => reasons.push(Reason::Free),
    }
    if let Some(position) = asked.position {
        let has = position_on(&staff.plans, id, date) == Some(position);
        reasons.push(if has { Reason::Qualified } else { Reason::NotQualified });
    }
    if staff.is_away(id, date, (work.start, work.end)) {
        reasons.push(Reason::Away);
    }
    reasons.push(Reason::MonthMinutes(month_minutes));
    let name = || (person.number.clone(), person.name.clone());
    if !reasons.iter().any(Reason::refuses) {
        let before = staff.plans.findings(id, first, last);
        staff.plans.cells.put(id, date, Some([shift].as_slice()));
        let after = staff.plans.findings(id, first, last);
        staff.plans.cells.restore(id, date);
        for f in after.iter().filter(|f| !f.was_there(&before)) {
            let finding = Box::new(LegalFinding::new(id, name(), f));
            let serious = f.severity >= Severity::Warn;
            reasons.push(if serious { Reason::Breaks(finding) } else { Reason::Note(finding) });
        }
    }
    Candidate { person: id, number: person.number, name: person.name, month_minutes, reasons }
}
