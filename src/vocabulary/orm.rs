//! Database mapping: ids are BIGINT, instants BIGINT (UTC milliseconds), dates DATE.

use chrono::NaiveDate;
use sea_orm::sea_query::{ArrayType, ColumnType, Nullable, Value, ValueType, ValueTypeErr};
use sea_orm::{ColIdx, DbErr, QueryResult, TryFromU64, TryGetError, TryGetable};

use crate::{EmploymentKind, Instant, LocalDate, ids::for_each_id};

macro_rules! over_i64 {
    ($name:ident, $make:expr, $take:expr) => {
        impl From<crate::$name> for Value {
            fn from(v: crate::$name) -> Self {
                Value::BigInt(Some($take(v)))
            }
        }

        impl TryGetable for crate::$name {
            fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
                i64::try_get_by(res, index).map($make)
            }
        }

        impl ValueType for crate::$name {
            fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
                <i64 as ValueType>::try_from(v).map($make)
            }

            fn type_name() -> String {
                stringify!($name).to_owned()
            }

            fn array_type() -> ArrayType {
                ArrayType::BigInt
            }

            fn column_type() -> ColumnType {
                ColumnType::BigInteger
            }
        }

        impl Nullable for crate::$name {
            fn null() -> Value {
                Value::BigInt(None)
            }
        }
    };
}

macro_rules! id_column {
    ($name:ident) => {
        over_i64!($name, crate::$name, |v: crate::$name| v.0);

        impl TryFromU64 for crate::$name {
            fn try_from_u64(n: u64) -> Result<Self, DbErr> {
                <i64 as TryFrom<u64>>::try_from(n)
                    .map(crate::$name)
                    .map_err(|_| DbErr::ConvertFromU64(stringify!($name)))
            }
        }
    };
}

for_each_id!(id_column);
over_i64!(Instant, Instant::from_millis, Instant::millis);

impl From<LocalDate> for Value {
    fn from(v: LocalDate) -> Self {
        Value::ChronoDate(Some(v.naive()))
    }
}

impl TryGetable for LocalDate {
    fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let d = NaiveDate::try_get_by(res, index)?;
        TryFrom::try_from(d)
            .map_err(|e: crate::DateError| TryGetError::DbErr(DbErr::Type(e.to_string())))
    }
}

impl ValueType for LocalDate {
    fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
        let d = <NaiveDate as ValueType>::try_from(v)?;
        TryFrom::try_from(d).map_err(|_: crate::DateError| ValueTypeErr)
    }

    fn type_name() -> String {
        "LocalDate".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::ChronoDate
    }

    fn column_type() -> ColumnType {
        ColumnType::Date
    }
}

impl Nullable for LocalDate {
    fn null() -> Value {
        Value::ChronoDate(None)
    }
}

/// Only asked for by composite keys, which are never generated.
impl TryFromU64 for LocalDate {
    fn try_from_u64(n: u64) -> Result<Self, DbErr> {
        <i32 as TryFrom<u64>>::try_from(n)
            .map(LocalDate::from_days)
            .map_err(|_| DbErr::ConvertFromU64("LocalDate"))
    }
}

/// As text.
impl From<EmploymentKind> for Value {
    fn from(v: EmploymentKind) -> Self {
        v.as_str().into()
    }
}

impl TryGetable for EmploymentKind {
    fn try_get_by<I: ColIdx>(res: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(res, index)?;
        text.parse().map_err(|e: crate::UnknownEmploymentKind| {
            TryGetError::DbErr(DbErr::Type(e.to_string()))
        })
    }
}

impl ValueType for EmploymentKind {
    fn try_from(v: Value) -> Result<Self, ValueTypeErr> {
        <String as ValueType>::try_from(v)?.parse().map_err(|_| ValueTypeErr)
    }

    fn type_name() -> String {
        "EmploymentKind".to_owned()
    }

    fn array_type() -> ArrayType {
        ArrayType::String
    }

    fn column_type() -> ColumnType {
        ColumnType::Text
    }
}

impl Nullable for EmploymentKind {
    fn null() -> Value {
        Value::String(None)
    }
}
