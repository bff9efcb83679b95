//! Named objects: what a definition line defines and what later lines find by name.

use std::collections::HashMap;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::fields::{Fields, join, shown, text};
use super::plan::{self, Calendar, SECTIONS};
use super::{Refusal, rules};
use crate::{AbnormalRule, BandRule, Code, PunchRule, RequestKind, RequestType, Scheme, Shift};

/// Name of objects written in place.
pub const INLINE: &str = "(inline)";

/// The kinds of objects, in the order in which names of one line are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    PunchRule,
    LateRule,
    EarlyRule,
    AbnormalRule,
    RequestType,
    Calendar,
    Shift,
    Scheme,
}

impl Kind {
    pub const ALL: [Self; 8] = [
        Self::PunchRule,
        Self::LateRule,
        Self::EarlyRule,
        Self::AbnormalRule,
        Self::RequestType,
        Self::Calendar,
        Self::Shift,
        Self::Scheme,
    ];

    /// The key of a definition line.
    pub const fn key(self) -> &'static str {
        match self {
            Self::PunchRule => "punch_rules",
            Self::LateRule => "late_rules",
            Self::EarlyRule => "early_rules",
            Self::AbnormalRule => "abnormal_rules",
            Self::RequestType => "request_types",
            Self::Calendar => "calendars",
            Self::Shift => "shifts",
            Self::Scheme => "schemes",
        }
    }
}

/// What a name stands for: the object, and its JSON with every name inside replaced by what it stood for
/// when it was read, so that `base` copies what was bound then.
#[derive(Clone, Debug)]
struct Entry {
    bound: Arc<Value>,
    object: Object,
}

#[derive(Clone, Debug)]
enum Object {
    PunchRule(Arc<PunchRule>),
    Bands(Arc<BandRule>),
    Abnormal(Arc<AbnormalRule>),
    RequestType(Arc<RequestType>),
    Calendar(Arc<Calendar>),
    Shift(Arc<Shift>),
    Scheme(Arc<Scheme>),
}

type Table = HashMap<(Kind, String), Entry>;

/// Named objects in effect.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    table: Table,
}

/// Where names are looked up while a line is read: this line's objects first, then the earlier ones. A
/// `base` is always an earlier one.
pub(super) struct Scopes<'a> {
    earlier: &'a Definitions,
    line: &'a Table,
}

macro_rules! lookups {
    ($($(#[$doc:meta])* $get:ident, $insert:ident, $kind:ident, $object:ident, $ty:ty;)+) => {
        impl Definitions {
            $(
                $(#[$doc])*
                pub fn $get(&self, name: &str) -> Option<&Arc<$ty>> {
                    match &self.table.get(&(Kind::$kind, name.to_owned()))?.object {
                        Object::$object(o) => Some(o),
                        _ => None,
                    }
                }

                /// Names an object that was made elsewhere. It cannot serve as `base`.
                pub fn $insert(&mut self, name: &str, object: Arc<$ty>) {
                    let entry =
                        Entry { bound: Arc::new(Value::Null), object: Object::$object(object) };
                    self.table.insert((Kind::$kind, name.to_owned()), entry);
                }
            )+
        }
    };
}

lookups! {
    punch_rule, insert_punch_rule, PunchRule, PunchRule, PunchRule;
    late_rule, insert_late_rule, LateRule, Bands, BandRule;
    early_rule, insert_early_rule, EarlyRule, Bands, BandRule;
    abnormal_rule, insert_abnormal_rule, AbnormalRule, Abnormal, AbnormalRule;
    request_type, insert_request_type, RequestType, RequestType, RequestType;
    calendar, insert_calendar, Calendar, Calendar, Calendar;
    shift, insert_shift, Shift, Shift, Shift;
    scheme, insert_scheme, Scheme, Scheme, Scheme;
}

impl Definitions {
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads the object under `define`: all of it or nothing.
    pub fn define(&mut self, define: &Value) -> Result<(), Refusal> {
        let keys = Kind::ALL.map(Kind::key);
        let f = Fields::of(define, "define", &keys)?;
        let mut line = Table::new();
        for kind in Kind::ALL {
            let path = f.at(kind.key());
            for (name, body) in f.object(kind.key())?.into_iter().flatten() {
                let at = join(&path, &shown(name));
                if kind == Kind::Shift && name == "rest" {
                    return Err(Refusal::bad_value(&at, "the name rest is reserved"));
                }
                let scopes = Scopes { earlier: self, line: &line };
                let entry = scopes.read(kind, Code::from(name.as_str()), body, &at)?;
                line.insert((kind, name.clone()), entry);
            }
        }
        self.table.extend(line);
        Ok(())
    }

    /// Reads and names one object.
    pub fn define_one(&mut self, kind: Kind, name: &str, body: &Value) -> Result<(), Refusal> {
        let entry = self.scopes().read(kind, Code::from(name), body, "")?;
        self.table.insert((kind, name.to_owned()), entry);
        Ok(())
    }

    pub(super) fn scopes(&self) -> Scopes<'_> {
        static EMPTY: std::sync::OnceLock<Table> = std::sync::OnceLock::new();
        Scopes { earlier: self, line: EMPTY.get_or_init(Table::new) }
    }

    /// Reads a scheme written in place or named.
    pub fn read_scheme(&self, value: &Value, path: &str) -> Result<Arc<Scheme>, Refusal> {
        self.scopes().scheme(value, path)
    }

    /// Reads a shift written in place or named.
    pub fn read_shift(&self, value: &Value, path: &str) -> Result<Arc<Shift>, Refusal> {
        self.scopes().shift(value, path)
    }

    /// Reads a calendar written in place or named.
    pub fn read_calendar(&self, value: &Value, path: &str) -> Result<Arc<Calendar>, Refusal> {
        self.scopes().calendar(value, path)
    }

    /// Reads a request type written in place or named.
    pub fn read_request_type(
        &self,
        value: &Value,
        path: &str,
    ) -> Result<Arc<RequestType>, Refusal> {
        self.scopes().request_type(value, path)
    }
}

macro_rules! readers {
    ($($get:ident, $kind:ident, $object:ident, $ty:ty;)+) => {
        impl Scopes<'_> {
            $(
                /// By name or written in place.
                pub fn $get(&self, value: &Value, path: &str) -> Result<Arc<$ty>, Refusal> {
                    match self.find(Kind::$kind, value, path)?.object {
                        Object::$object(o) => Ok(o),
                        _ => Err(Refusal::wrong_type(path, "another kind of object")),
                    }
                }
            )+
        }
    };
}

readers! {
    punch_rule, PunchRule, PunchRule, PunchRule;
    late_rule, LateRule, Bands, BandRule;
    early_rule, EarlyRule, Bands, BandRule;
    abnormal_rule, AbnormalRule, Abnormal, AbnormalRule;
    request_type, RequestType, RequestType, RequestType;
    calendar, Calendar, Calendar, Calendar;
    shift, Shift, Shift, Shift;
    scheme, Scheme, Scheme, Scheme;
}

impl Scopes<'_> {
    pub fn overtime_type(&self, value: &Value, path: &str) -> Result<Arc<RequestType>, Refusal> {
        let found = self.request_type(value, path)?;
        if found.kind == RequestKind::Overtime {
            Ok(found)
        } else {
            Err(Refusal::bad_value(path, "expected a request type of kind overtime"))
        }
    }

    fn named(&self, kind: Kind, name: &str) -> Option<&Entry> {
        let key = (kind, name.to_owned());
        self.line.get(&key).or_else(|| self.earlier.table.get(&key))
    }

    fn find(&self, kind: Kind, value: &Value, path: &str) -> Result<Entry, Refusal> {
        match value {
            Value::String(name) => self
                .named(kind, name)
                .cloned()
                .ok_or_else(|| Refusal::unknown_name(path, kind.key(), &shown(name))),
            Value::Object(_) => self.read(kind, Code::from(INLINE), value, path),
            _ => Err(Refusal::wrong_type(path, "a name or an object")),
        }
    }

    fn read(&self, kind: Kind, name: Code, body: &Value, path: &str) -> Result<Entry, Refusal> {
        let bound = self.bind(kind, body, path)?;
        let object = match kind {
            Kind::PunchRule => Object::PunchRule(Arc::new(rules::punch_rule(&bound, path)?)),
            Kind::LateRule | Kind::EarlyRule => {
                Object::Bands(Arc::new(rules::band_rule(&bound, path)?))
            }
            Kind::AbnormalRule => Object::Abnormal(Arc::new(rules::abnormal_rule(&bound, path)?)),
            Kind::RequestType => {
                Object::RequestType(Arc::new(rules::request_type(&bound, path, name)?))
            }
            Kind::Calendar => Object::Calendar(Arc::new(plan::calendar(&bound, path)?)),
            Kind::Shift => Object::Shift(Arc::new(plan::shift(&bound, path, name)?)),
            Kind::Scheme => Object::Scheme(Arc::new(plan::scheme(&bound, path, name, self)?)),
        };
        Ok(Entry { bound: Arc::new(bound), object })
    }

    /// The body over its base, with every name inside replaced by what it stands for.
    fn bind(&self, kind: Kind, body: &Value, path: &str) -> Result<Value, Refusal> {
        let Value::Object(own) = body else { return Err(Refusal::wrong_type(path, "an object")) };
        let mut own = own.clone();
        if kind == Kind::Scheme {
            self.bind_names(&mut own, path)?;
        }
        let Some(base) = own.remove("base") else { return Ok(Value::Object(own)) };
        let at = join(path, "base");
        let name = text(&base, &at)?;
        let found = self.earlier.table.get(&(kind, name.to_owned()));
        let found = found.ok_or_else(|| Refusal::unknown_name(&at, kind.key(), &shown(name)))?;
        let Value::Object(mut merged) = found.bound.as_ref().clone() else {
            return Err(Refusal::bad_value(&at, "this object cannot serve as base"));
        };
        for (key, value) in own {
            merge(kind, &mut merged, key, value);
        }
        Ok(Value::Object(merged))
    }

    fn bind_names(&self, scheme: &mut Map<String, Value>, path: &str) -> Result<(), Refusal> {
        if let Some(v @ Value::String(_)) = scheme.get_mut("overtime_type") {
            *v = self.bound(Kind::RequestType, v, &join(path, "overtime_type"))?;
        }
        let rules = [
            ("punch_rule", Kind::PunchRule),
            ("late_rule", Kind::LateRule),
            ("early_rule", Kind::EarlyRule),
            ("abnormal_rule", Kind::AbnormalRule),
        ];
        for section in SECTIONS {
            let at = join(path, section);
            let Some(Value::Object(parts)) = scheme.get_mut(section) else { continue };
            for (key, kind) in rules {
                if let Some(v @ (Value::String(_) | Value::Object(_))) = parts.get_mut(key) {
                    *v = self.bound(kind, v, &join(&at, key))?;
                }
            }
        }
        Ok(())
    }

    fn bound(&self, kind: Kind, value: &Value, path: &str) -> Result<Value, Refusal> {
        let entry = self.find(kind, value, path)?;
        if entry.bound.is_null() {
            // Made elsewhere: the name itself stays.
            return Ok(value.clone());
        }
        Ok(entry.bound.as_ref().clone())
    }
}

fn merge(kind: Kind, into: &mut Map<String, Value>, key: String, value: Value) {
    if kind == Kind::Scheme
        && SECTIONS.contains(&key.as_str())
        && let (Some(Value::Object(old)), Value::Object(new)) = (into.get_mut(&key), &value)
    {
        old.extend(new.clone());
        return;
    }
    into.insert(key, value);
}
