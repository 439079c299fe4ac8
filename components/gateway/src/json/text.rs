//! What serde reads our types from: one value of JSON, as its text.
//!
//! serde_json's own reader is compiled once more for every struct, list and enum that it reads, with all it knows of JSON. Here it
//! takes an object or a list apart into the texts of its values, which is one piece of code for all types, and those are read
//! in turn. A text is scanned once for each level it lies deep, and our types are few levels deep.

use core::fmt;
use serde::de::value::StrDeserializer;
use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess,
    Unexpected, VariantAccess, Visitor,
};
use serde::forward_to_deserialize_any;
use serde_json::value::RawValue;
use std::borrow::Cow;
use std::vec::IntoIter;

/// The text is not JSON, or not of the type. No more is known: whatever could be said would quote the text, which may hold a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not the JSON it should be")
    }
}

impl core::error::Error for Unreadable {}

impl From<serde_json::Error> for Unreadable {
    fn from(_: serde_json::Error) -> Unreadable {
        Unreadable
    }
}

// Each of them: what the library writes by default is code at every place that refuses something.
impl Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Unreadable {
        Unreadable
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Unreadable {
        Unreadable
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Unreadable {
        Unreadable
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Unreadable {
        Unreadable
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Unreadable {
        Unreadable
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Unreadable {
        Unreadable
    }

    fn missing_field(_: &'static str) -> Unreadable {
        Unreadable
    }

    fn duplicate_field(_: &'static str) -> Unreadable {
        Unreadable
    }
}

/// One value.
#[derive(Clone, Copy)]
pub(super) struct Text<'de>(pub(super) &'de str);

impl<'de> Text<'de> {
    fn is_null(self) -> bool {
        self.trimmed() == "null"
    }

    fn is_object(self) -> bool {
        self.trimmed().starts_with('{')
    }

    /// Without JSON's white space.
    fn trimmed(self) -> &'de str {
        self.0.trim_matches([' ', '\t', '\n', '\r'])
    }
}

/// A piece of JSON that is read the same way whatever it is read for.
fn plain<'de, T: Deserialize<'de>>(text: Text<'de>) -> Result<T, Unreadable> {
    Ok(serde_json::from_str(text.0)?)
}

type Member<'de> = (Key<'de>, &'de RawValue);

/// The members of an object, in order; a name may come twice.
struct Object<'de>(Vec<Member<'de>>);

impl<'de> Deserialize<'de> for Object<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Object<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Object(members))
            }
        }

        deserializer.deserialize_map(Reader)
    }
}

/// A string of JSON, borrowed where nothing in it is escaped. (serde reads a `Cow` as owned.)
struct Key<'de>(Cow<'de, str>);

impl<'de> Deserialize<'de> for Key<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;

        impl<'de> Visitor<'de> for Reader {
            type Value = Key<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Borrowed(text)))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Key<'de>, E> {
                Ok(Key(Cow::Owned(text.to_owned())))
            }
        }

        deserializer.deserialize_str(Reader)
    }
}

/// Hands a value to serde_json.
macro_rules! by_the_library {
    ($($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            let mut parser = serde_json::Deserializer::from_str(self.0);
            let value = parser.$method(visitor)?;
            parser.end()?;
            Ok(value)
        })*
    };
}

impl<'de> Deserializer<'de> for Text<'de> {
    type Error = Unreadable;

    by_the_library! {
        deserialize_any deserialize_bool deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128 deserialize_f32 deserialize_f64
        deserialize_char deserialize_bytes deserialize_byte_buf deserialize_unit deserialize_ignored_any
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match plain(self)? {
            Key(Cow::Borrowed(text)) => visitor.visit_borrowed_str(text),
            Key(Cow::Owned(text)) => visitor.visit_string(text),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if self.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        // serde_json's own types say who they are by names that no struct can have.
        if !name.starts_with('$') {
            return visitor.visit_newtype_struct(self);
        }
        let mut parser = serde_json::Deserializer::from_str(self.0);
        let value = parser.deserialize_newtype_struct(name, visitor)?;
        parser.end()?;
        Ok(value)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        let entries: Vec<&'de RawValue> = plain(self)?;
        visitor.visit_seq(Entries(entries.into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        let entries: Vec<&'de RawValue> = plain(self)?;
        if entries.len() != length {
            return Err(Unreadable);
        }
        visitor.visit_seq(Entries(entries.into_iter()))
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_map(Members::of(self)?)
    }

    /// An object. serde_json would also take a list for its fields in order.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_map(Members::of(self)?)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_enum(Variant::of(self)?)
    }
}

/// The members of an object, one after the other.
struct Members<'de> {
    members: Vec<Member<'de>>,
    seen: usize,
}

impl<'de> Members<'de> {
    fn of(text: Text<'de>) -> Result<Self, Unreadable> {
        let Object(members) = plain(text)?;
        Ok(Members { members, seen: 0 })
    }
}

impl<'de> MapAccess<'de> for Members<'de> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((Key(name), _)) = self.members.get(self.seen) else { return Ok(None) };
        self.seen += 1;
        seed.deserialize(Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        let member = self.seen.checked_sub(1).and_then(|last| self.members.get(last));
        let (_, value) = member.ok_or(Unreadable)?;
        seed.deserialize(Text(value.get()))
    }
}

/// The name of a member. A map may have numbers for keys; JSON writes them as strings, and `u64` are the only ones here.
struct Name<'n>(&'n str);

impl<'de> Deserializer<'de> for Name<'_> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(self.0)
    }

    fn deserialize_u64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        if !self.0.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Unreadable);
        }
        visitor.visit_u64(serde_json::from_str(self.0)?)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        StrDeserializer::new(self.0).deserialize_enum(name, variants, visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u128 f32 f64 char str string bytes byte_buf option unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The entries of a list, one after the other.
struct Entries<'de>(IntoIter<&'de RawValue>);

impl<'de> SeqAccess<'de> for Entries<'de> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|entry| seed.deserialize(Text(entry.get()))).transpose()
    }
}

/// `"name"` or `{"name":value}`.
struct Variant<'de> {
    name: Cow<'de, str>,
    value: Option<Text<'de>>,
}

impl<'de> Variant<'de> {
    fn of(text: Text<'de>) -> Result<Self, Unreadable> {
        if !text.is_object() {
            let Key(name) = plain(text)?;
            return Ok(Variant { name, value: None });
        }
        let Object(members) = plain(text)?;
        let [(Key(name), value)] = <[Member<'de>; 1]>::try_from(members).map_err(|_| Unreadable)?;
        Ok(Variant { name, value: Some(Text(value.get())) })
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Unreadable;
    type Variant = Content<'de>;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Content<'de>), Unreadable> {
        let which = seed.deserialize(Name(&self.name))?;
        Ok((which, Content(self.value)))
    }
}

struct Content<'de>(Option<Text<'de>>);

impl<'de> VariantAccess<'de> for Content<'de> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        if self.0.is_none_or(Text::is_null) { Ok(()) } else { Err(Unreadable) }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self.0.ok_or(Unreadable)?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, length: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.0.ok_or(Unreadable)?.deserialize_tuple(length, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.0.ok_or(Unreadable)?.deserialize_map(visitor)
    }
}
