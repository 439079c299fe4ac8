//! What holds for the objects, and for every kind of value.

mod anything;
mod objects;
