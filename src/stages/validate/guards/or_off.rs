//! A setting that can be turned off: `"off"` is a word of its own, since `0` means *none allowed*.

use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A limit, or `"off"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OrOff<T> {
    Off,
    On(T),
}

/// A value that a guard can have: what to say when it is none.
pub trait Setting: for<'de> Deserialize<'de> {
    const EXPECTED: &'static str;
}

impl Setting for u64 {
    const EXPECTED: &'static str = "a whole number, or \"off\"";
}

impl<'de, T: Setting> Deserialize<'de> for OrOff<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(Form(PhantomData))
    }
}

/// `"off"`, or whatever the setting itself makes of the value.
struct Form<T>(PhantomData<T>);

impl<'de, T: Setting> Visitor<'de> for Form<T> {
    type Value = OrOff<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<OrOff<T>, E> {
        if text == "off" { Ok(OrOff::Off) } else { T::deserialize(text.into_deserializer()).map(OrOff::On) }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<OrOff<T>, E> {
        T::deserialize(number.into_deserializer()).map(OrOff::On)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<OrOff<T>, E> {
        let number = u64::try_from(number).map_err(|_| E::custom(format!("{number} is not {}", T::EXPECTED)))?;
        self.visit_u64(number)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, entries: A) -> Result<OrOff<T>, A::Error> {
        T::deserialize(SeqAccessDeserializer::new(entries)).map(OrOff::On)
    }

    fn visit_map<A: MapAccess<'de>>(self, entries: A) -> Result<OrOff<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(entries)).map(OrOff::On)
    }
}

impl<T: JsonSchema> JsonSchema for OrOff<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("{}OrOff", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [{ "const": "off" }, generator.subschema_for::<T>()] })
    }
}

/// For the defaults in the JSON Schema.
impl<T: Serialize> Serialize for OrOff<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            OrOff::Off => to.serialize_str("off"),
            OrOff::On(value) => value.serialize(to),
        }
    }
}
