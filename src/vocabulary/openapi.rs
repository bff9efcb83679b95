//! API mapping: every type is a strictly parsed string with a format.

use std::borrow::Cow;

use poem_openapi::registry::{MetaSchema, MetaSchemaRef};
use poem_openapi::types::{
    ParseError, ParseFromJSON, ParseFromParameter, ParseResult, ToHeader, ToJSON, Type,
};
use serde_json::{Value, json};

use crate::ids::for_each_id;

macro_rules! scalar {
    ($name:ident, $format:expr, $pattern:expr, $example:expr) => {
        impl Type for crate::$name {
            const IS_REQUIRED: bool = true;
            type RawValueType = Self;
            type RawElementValueType = Self;

            fn name() -> Cow<'static, str> {
                concat!("string_", stringify!($name)).into()
            }

            fn schema_ref() -> MetaSchemaRef {
                let mut schema = MetaSchema::new("string");
                schema.format = $format;
                schema.pattern = $pattern.map(String::from);
                schema.example = Some(json!($example));
                MetaSchemaRef::Inline(Box::new(schema))
            }

            fn as_raw_value(&self) -> Option<&Self::RawValueType> {
                Some(self)
            }

            fn raw_element_iter<'a>(
                &'a self,
            ) -> Box<dyn Iterator<Item = &'a Self::RawElementValueType> + 'a> {
                Box::new(self.as_raw_value().into_iter())
            }
        }

        impl ParseFromJSON for crate::$name {
            fn parse_from_json(value: Option<Value>) -> ParseResult<Self> {
                match value {
                    Some(Value::String(s)) => s.parse().map_err(ParseError::custom),
                    other => Err(ParseError::expected_type(other.unwrap_or_default())),
                }
            }
        }

        impl ParseFromParameter for crate::$name {
            fn parse_from_parameter(value: &str) -> ParseResult<Self> {
                value.parse().map_err(ParseError::custom)
            }
        }

        impl ToJSON for crate::$name {
            fn to_json(&self) -> Option<Value> {
                Some(Value::String(self.to_string()))
            }
        }

        impl ToHeader for crate::$name {
            fn to_header(&self) -> Option<poem::http::HeaderValue> {
                poem::http::HeaderValue::from_str(&self.to_string()).ok()
            }
        }
    };
}

macro_rules! id_scalar {
    ($name:ident) => {
        scalar!($name, None, Some("^[0-9]{1,19}$"), "1");
    };
}

for_each_id!(id_scalar);
scalar!(LocalDate, Some("date"), None::<&str>, "2026-03-10");
scalar!(
    WallTime,
    None,
    Some("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}$"),
    "2026-03-10T08:00:00"
);
scalar!(Instant, Some("date-time"), None::<&str>, "2026-03-10T00:00:00.000Z");
scalar!(Zone, None, None::<&str>, "Asia/Shanghai");
