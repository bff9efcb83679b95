use std::collections::HashMap;
use std::sync::Arc;

use engine::{
    AbnormalRule, BandRule, Code, PunchRule, RequestType, Scheme, SchemeOrigin, Section,
    SectionOrigin, VersionRef,
};
use vocabulary::{LocalDate, RuleId};

use super::timeline::Timeline;

/// A rule as the engine takes it.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Punch(Arc<PunchRule>),
    Late(Arc<BandRule>),
    Early(Arc<BandRule>),
    Abnormal(Arc<AbnormalRule>),
    Request(Arc<RequestType>),
}

/// One version of a rule.
#[derive(Clone, Debug)]
pub(super) struct PartVersion {
    pub origin: VersionRef,
    pub value: Part,
}

/// The versions of every rule that is not a scheme.
pub(super) type Parts = HashMap<RuleId, Timeline<PartVersion>>;

/// The rules that one section of a scheme names.
#[derive(Clone, Copy, Debug)]
pub(super) struct SectionUse {
    pub punch: RuleId,
    pub late: Option<RuleId>,
    pub early: Option<RuleId>,
    pub abnormal: Option<RuleId>,
}

/// One version of a scheme: its own settings, and its rules by id instead of by content.
#[derive(Debug)]
pub(super) struct Draft {
    pub code: Code,
    pub version: i32,
    /// The rules inside are placeholders.
    pub frame: Scheme,
    /// Workday, weekday, rest, holiday.
    pub sections: [SectionUse; 4],
    pub overtime_type: Option<RuleId>,
}

impl Draft {
    /// Every rule this version names, some of them several times.
    pub fn uses(&self) -> impl Iterator<Item = RuleId> + '_ {
        let rules = self
            .sections
            .iter()
            .flat_map(|s| [Some(s.punch), s.late, s.early, s.abnormal].into_iter().flatten());
        rules.chain(self.overtime_type)
    }

    /// The scheme with the rules in effect on `date`; `None` if one of them has no version yet.
    pub fn resolve(&self, parts: &Parts, date: LocalDate) -> Option<Arc<Scheme>> {
        let [workday, weekday, rest, holiday] = &self.sections;
        let frame = &self.frame;
        let (workday, o1) = section(&frame.workday, workday, parts, date)?;
        let (weekday_ot, o2) = section(&frame.weekday_ot, weekday, parts, date)?;
        let (rest_ot, o3) = section(&frame.rest_ot, rest, parts, date)?;
        let (holiday_ot, o4) = section(&frame.holiday_ot, holiday, parts, date)?;
        let overtime_type = match self.overtime_type {
            None => None,
            Some(id) => match find(id, parts, date)? {
                (Part::Request(kind), _) => Some(kind.clone()),
                _ => return None,
            },
        };
        let scheme = VersionRef { code: Some(self.code.clone()), version: self.version };
        let origin = SchemeOrigin { scheme, sections: [o1, o2, o3, o4] };
        Some(Arc::new(Scheme {
            name: self.code.clone(),
            day_std_minutes: frame.day_std_minutes,
            join_gap_minutes: frame.join_gap_minutes,
            overtime_split: frame.overtime_split,
            statutory_mode: frame.statutory_mode,
            overtime_type,
            workday,
            weekday_ot,
            rest_ot,
            holiday_ot,
            origin: Some(Arc::new(origin)),
        }))
    }
}

fn find(id: RuleId, parts: &Parts, date: LocalDate) -> Option<(&Part, VersionRef)> {
    let version = parts.get(&id)?.on(date)?;
    Some((&version.value, version.origin.clone()))
}

type Found<T> = Option<(Option<Arc<T>>, Option<VersionRef>)>;

/// Outer `None`: the rule is named but not in effect. Inner `None`: no rule is named.
fn bands(id: Option<RuleId>, parts: &Parts, date: LocalDate) -> Found<BandRule> {
    let Some(id) = id else { return Some((None, None)) };
    match find(id, parts, date)? {
        (Part::Late(rule) | Part::Early(rule), origin) => Some((Some(rule.clone()), Some(origin))),
        _ => None,
    }
}

fn abnormal(id: Option<RuleId>, parts: &Parts, date: LocalDate) -> Found<AbnormalRule> {
    let Some(id) = id else { return Some((None, None)) };
    match find(id, parts, date)? {
        (Part::Abnormal(rule), origin) => Some((Some(rule.clone()), Some(origin))),
        _ => None,
    }
}

fn section(
    frame: &Section,
    uses: &SectionUse,
    parts: &Parts,
    date: LocalDate,
) -> Option<(Section, SectionOrigin)> {
    let (Part::Punch(punch), punch_origin) = find(uses.punch, parts, date)? else { return None };
    let (late, late_origin) = bands(uses.late, parts, date)?;
    let (early, early_origin) = bands(uses.early, parts, date)?;
    let (abnormal_rule, abnormal_origin) = abnormal(uses.abnormal, parts, date)?;
    let section = Section {
        application: frame.application,
        punch: frame.punch,
        deduct_minutes: frame.deduct_minutes,
        early_counts: frame.early_counts,
        late_counts: frame.late_counts,
        punch_rule: punch.clone(),
        late_rule: late,
        early_rule: early,
        abnormal_rule,
    };
    let origin = SectionOrigin {
        punch_rule: punch_origin,
        late_rule: late_origin,
        early_rule: early_origin,
        abnormal_rule: abnormal_origin,
    };
    Some((section, origin))
}
