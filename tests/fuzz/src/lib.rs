//! Fuzz targets, one per request type: README.md.
//!
//! | module | what it knows |
//! |---|---|
//! | `world` | where every input begins |
//! | `request`, `json`, `valid`, `seeds` | inputs as requests and bodies |
//! | `contract` | what may be answered |
//! | `check` | what holds after every exchange |
//! | `accounts` | the account APIs |
//! | `body` | what holds for every request with a JSON body |

pub mod accounts;
pub mod body;
pub mod check;
pub mod contract;
pub mod json;
pub mod request;
pub mod seeds;
pub mod valid;
pub mod world;
