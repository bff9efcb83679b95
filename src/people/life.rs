//! What the events of a person make of his service. Pure.

use vocabulary::{DateSpan, LocalDate};

use super::event::{Event, EventContent, EventKind};
use super::read::PersonState;

/// Out of service between leaving and coming back; both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: LocalDate,
    pub to: LocalDate,
    /// The years of service go on.
    pub continuous: bool,
}

/// First and last date; `None` = until further notice.
pub type Stretch = (LocalDate, Option<LocalDate>);

/// The service of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Life {
    pub hired: LocalDate,
    /// Last day in service.
    pub left: Option<LocalDate>,
    pub gaps: Vec<Gap>,
    pub freezes: Vec<Stretch>,
    pub probations: Vec<Stretch>,
}

/// In the order in which they take effect.
pub fn in_order(events: &[Event]) -> Vec<&Event> {
    let mut all: Vec<&Event> = events.iter().filter(|e| e.counts()).collect();
    all.sort_by_key(|e| (e.on, e.seq));
    all
}

/// Ends the last stretch on a date if it would last longer; one that had not begun is gone.
fn end(list: &mut Vec<Stretch>, last: LocalDate) {
    let Some((from, to)) = list.last_mut() else { return };
    if to.is_none_or(|t| t > last) {
        *to = Some(last);
    }
    if *from > last {
        list.pop();
    }
}

impl Life {
    /// From the first and last day in the file, as far as no event says more, and the events that count.
    pub fn of(file: Stretch, events: &[Event]) -> Self {
        let ended = events.iter().any(|e| matches!(e.kind, EventKind::Hire | EventKind::Leave));
        let events = in_order(events);
        let hire = events.iter().find(|e| e.kind == EventKind::Hire);
        let mut life = Self {
            hired: hire.map_or(file.0, |e| e.on),
            left: file.1.filter(|_| !ended),
            gaps: Vec::new(),
            freezes: Vec::new(),
            probations: Vec::new(),
        };
        for e in events {
            life.apply(e);
        }
        life
    }

    fn apply(&mut self, e: &Event) {
        match e.kind {
            EventKind::Hire => {
                if let Some(until) = e.content.until {
                    self.probations.push((e.on, Some(until)));
                }
            }
            EventKind::Probation => {
                end(&mut self.probations, e.on.plus(-1));
                self.probations.push((e.on, e.content.until));
            }
            EventKind::Confirm => end(&mut self.probations, e.on.plus(-1)),
            EventKind::Freeze => {
                end(&mut self.freezes, e.on.plus(-1));
                self.freezes.push((e.on, e.content.until));
            }
            EventKind::Unfreeze => end(&mut self.freezes, e.on.plus(-1)),
            EventKind::Leave => {
                // One who left already and was not taken back cannot leave again.
                if self.left.is_none_or(|l| l >= e.on) {
                    self.left = Some(e.on);
                    end(&mut self.freezes, e.on);
                    end(&mut self.probations, e.on);
                }
            }
            EventKind::Reinstate => {
                if let Some(left) = self.left.take().filter(|l| l.plus(1) < e.on) {
                    let continuous = e.content.continuous.unwrap_or_default();
                    self.gaps.push(Gap { from: left.plus(1), to: e.on.plus(-1), continuous });
                }
            }
            EventKind::Renewal
            | EventKind::Transfer
            | EventKind::Promotion
            | EventKind::Correction
            | EventKind::Reversal => {}
        }
    }

    /// Whether he is in service on a date.
    pub fn serves(&self, on: LocalDate) -> bool {
        self.hired <= on
            && self.left.is_none_or(|l| on <= l)
            && !self.gaps.iter().any(|g| g.from <= on && on <= g.to)
    }

    pub fn is_frozen(&self, on: LocalDate) -> bool {
        within(&self.freezes, on)
    }

    pub fn state(&self, on: LocalDate) -> PersonState {
        if on < self.hired {
            PersonState::Pending
        } else if !self.serves(on) {
            PersonState::Left
        } else if self.is_frozen(on) {
            PersonState::Frozen
        } else if within(&self.probations, on) {
            PersonState::Probation
        } else {
            PersonState::Active
        }
    }

    /// Days out of service that do not count as years of service.
    pub fn gap_days(&self) -> i32 {
        let broken = self.gaps.iter().filter(|g| !g.continuous);
        broken.map(|g| g.to.days() - g.from.days() + 1).sum()
    }

    /// Dates on which a result is computed otherwise than in another life.
    pub fn differing(&self, other: &Self) -> Vec<DateSpan> {
        let mut bounds: Vec<LocalDate> = [self, other].into_iter().flat_map(Self::bounds).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let status = |life: &Self, on| (life.serves(on), life.is_frozen(on) && life.serves(on));
        let mut spans: Vec<DateSpan> = Vec::new();
        for (i, from) in bounds.iter().enumerate() {
            if status(self, *from) == status(other, *from) {
                continue;
            }
            let to = bounds.get(i + 1).map(|next| next.plus(-1));
            match spans.last_mut() {
                Some(last) if last.to == Some(from.plus(-1)) => last.to = to,
                _ => spans.push(DateSpan { from: *from, to }),
            }
        }
        spans
    }

    /// Dates on which something may change.
    fn bounds(&self) -> Vec<LocalDate> {
        let ends = self.left.into_iter().map(|l| l.plus(1));
        let gaps = self.gaps.iter().flat_map(|g| [g.from, g.to.plus(1)]);
        let freezes = self.freezes.iter();
        let freezes = freezes.flat_map(|(f, t)| [Some(*f), t.map(|t| t.plus(1))]).flatten();
        [self.hired].into_iter().chain(ends).chain(gaps).chain(freezes).collect()
    }
}

fn within(list: &[Stretch], on: LocalDate) -> bool {
    list.iter().any(|(from, to)| *from <= on && to.is_none_or(|t| on <= t))
}

/// What the events of a date say of one thing: the last one that says anything.
pub fn said<T>(
    events: &[Event],
    on: LocalDate,
    of: impl Fn(&EventContent) -> Option<T>,
) -> Option<T> {
    let said = events.iter().filter(|e| e.counts() && e.on == on);
    said.filter_map(|e| Some((e.seq, of(&e.content)?))).max_by_key(|(seq, _)| *seq).map(|(_, v)| v)
}

#[cfg(test)]
#[path = "life_tests.rs"]
mod tests;
