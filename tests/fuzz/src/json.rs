//! Bodies that are valid but for a few edits.
//!
//! A body that begins with a zero byte is built from the bytes behind it: one of the valid ones, with up to three edits. So
//! the fuzzer gets past the parser at once and can be hostile where it matters. Any other body is sent as it is.

use arbitrary::{Arbitrary, Unstructured};
use serde_json::Value;

/// A body, and what is known of it.
#[derive(Debug)]
pub struct Body {
    /// What is sent.
    pub bytes: Vec<u8>,
    /// What was done to a valid body to make this one; none if the bytes are just bytes.
    pub edits: Option<Vec<Done>>,
}

/// An edit that was made.
#[derive(Clone, Debug)]
pub struct Done {
    /// The names that lead to what was edited; entries of lists have none.
    pub path: Vec<String>,
    /// Whether a field was put there a second time.
    pub doubled: bool,
}

/// An edit as an input says it: a few bytes, each of which means one thing, so that a change of one byte is a small change.
#[derive(Arbitrary, Clone, Copy, Debug)]
struct Edit {
    operation: u8,
    at: u8,
    leaf: u8,
    number: u16,
}

/// What an edit does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operation {
    Set,
    Remove,
    Double,
    Add,
    Wrap,
    Unwrap,
    Append,
}

/// JSON as text, each value in place: what [`Value`] cannot hold is the point here.
#[derive(Clone, Debug)]
enum Node {
    Raw(String),
    Object(Vec<(String, Node)>),
    List(Vec<Node>),
}

/// What JSON readers stumble over.
const HOSTILE: &[&str] = &[
    r#""\ud800""#,
    r#""\udc00\ud800""#,
    r#""\u0000""#,
    "\"\u{feff}\"",
    "\"\u{202e}\u{2066}a\u{2069}\"",
    "\"\u{2028}\"",
    "\"\u{200b}\"",
    "\"\u{1f468}\u{200d}\u{1f469}\"",
    "\"\u{130}\u{131}\u{df}\u{fb01}\"",
    "\"\u{ff11}\u{ff12}\u{ff13}\"",
    "\"\u{661}\u{662}\u{663}\"",
    "\"e\u{301}@example.com\"",
    "\"sesame@sesame\"",
    "\"sesame-sesame-sesame\"",
    "1e400",
    "-0",
    "-0.0",
    "1E5",
    "18446744073709551615",
    "18446744073709551616",
    "-9223372036854775809",
    "123456.0",
    "0123456",
    "+1",
    "NaN",
    "Infinity",
    "'a'",
    "\"a",
    "\"\t\"",
    "\"\n\"",
    "[]",
    "{}",
    "[[]]",
    "{\"\":0}",
    "{\"type\":\"Link\"}",
    "{\"Person\":null}",
    "{\"Registered\":null}",
    "{\"$serde_json::private::Number\":\"1\"}",
    "{\"$serde_json::private::RawValue\":\"{}\"}",
    "true,",
    "",
    "\"'; DROP TABLE customers; --\"",
    "\"<script>alert(1)</script>\"",
    "\"{{7*7}}\"",
    "\"a@b.com\\r\\nBcc: x@y.com\"",
    "\"../../etc/passwd\"",
    "\"%00\"",
    "\"\"",
    "\" \"",
    "\"a\"",
    "\"0\"",
    "\"123\"",
    "\"é\"",
];

/// What may stand in a field, or nearly: other values that are taken there, and those that just miss.
const FITTING: &[(&[&str], &[&str])] = &[
    (
        &["customer_id", "content_id", "fee_profile_id"],
        &[
            r#""<CUSTOMER>""#,
            r#""<BUSINESS>""#,
            r#""<ARCHIVED>""#,
            r#""<STRANGER>""#,
            r#""<SUB_CUSTOMER>""#,
            r#""<ABSENT>""#,
            r#""<DOCUMENT>""#,
            r#""3C90C3CC0D444B5088888DD25736052A""#,
        ],
    ),
    (&["external_id"], &[r#""ext-0""#, r#""ramp-0""#, r#"" ext-1 ""#, r#""e-2""#]),
    (
        &["email"],
        &[
            r#""customer0@example.com""#,
            r#""boss@example.com""#,
            r#""Boss@EXAMPLE.com""#,
            r#""a@b""#,
            r#""a@b.com,c@d.com""#,
            r#""a@xn--bcher-kva.example""#,
            r#""a@[127.0.0.1]""#,
        ],
    ),
    (
        &["type"],
        &[
            r#""Fiat""#,
            r#""Crypto""#,
            r#""Pix""#,
            r#""SEPA""#,
            r#""ACH""#,
            r#""SWIFT""#,
            r#""FPS""#,
            r#""quote""#,
            r#""Token""#,
            r#""Business""#,
            r#""Individual""#,
        ],
    ),
    (&["customer_type"], &[r#""Person""#, r#""Business""#, r#""person""#, r#"{"Person":null}"#]),
    (&["currency"], &[r#""EUR""#, r#"{"code":"USD"}"#, r#""GBP""#, r#"{"code":"CHF"}"#, r#"{"code":"XXX"}"#]),
    (
        &["code"],
        &[
            r#""EUR""#,
            r#""USD""#,
            r#""XAU""#,
            r#""DEM""#,
            r#""XK""#,
            r#""de""#,
            "<DIGITS>",
            "123456",
            "999999",
            "1000000",
            "123456.0",
            r#""123456""#,
        ],
    ),
    (
        &["chain", "blockchain"],
        &[r#""Base""#, r#""Ethereum""#, r#""Solana""#, r#""Tron""#, r#""Stellar""#, r#""base""#],
    ),
    (
        &["address"],
        &[
            r#""0x0000000000000000000000000000000000000000""#,
            r#""0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed""#,
            r#""0X5AAEB6053F3E94C9B9A09F33669435E7EF1BEAED""#,
            r#""11111111111111111111111111111111""#,
            r#""TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t""#,
            r#""GA7QYNF7SOWQ3GLR2BGMZEHXAVIRZA4KVWLTJJFC7MGXUA74P7UJVSGZ""#,
        ],
    ),
    (
        &["iban", "account_number"],
        &[
            r#""DE89 3704 0044 0532 0130 00""#,
            r#""GB29NWBK60161331926819""#,
            r#""de89370400440532013000""#,
            r#""DE99""#,
            r#""1234""#,
            r#""12345678""#,
            r#""ABCD1234""#,
        ],
    ),
    (
        &["bic", "intermediary_bic"],
        &[r#""deutdeff""#, r#""DEUTXKFF500""#, r#""DEUT""#, r#""DEUTéFF""#, r#""DEUTDEFF5""#],
    ),
    (
        &["routing_number", "sort_code"],
        &[r#""021000021""#, r#""000000000""#, r#""12-34-56""#, r#""123456""#, r#""1-23456""#],
    ),
    (
        &["url"],
        &[
            r#""http://partner.example/""#,
            r#""https://user@partner.example/""#,
            r#""https://""#,
            r#""ftp://partner.example""#,
            r#""//partner.example""#,
            r#""https://[::1]:0/""#,
        ],
    ),
    (&["signature"], &[r#""hex""#, r#""standard-webhooks""#]),
    (&["topics"], &[r#"["Ping"]"#, r#"["Ping","Ping"]"#, r#"["Nothing"]"#, r#"[null]"#]),
];

/// Reads an input as a body. `valid` are the bodies to begin with.
#[must_use]
pub fn body(input: &[u8], valid: &[Value]) -> Body {
    match input.split_first() {
        Some((0, shape)) => edited(shape, valid),
        _ => Body { bytes: input.to_vec(), edits: None },
    }
}

fn edited(shape: &[u8], valid: &[Value]) -> Body {
    let mut from = Unstructured::new(shape);
    let which = from.arbitrary::<u8>().unwrap_or_default();
    let edits = from.arbitrary::<u8>().unwrap_or_default() % 4;
    let mut root = Node::of(&valid[usize::from(which) % valid.len()]);
    let mut done = Vec::new();
    for _ in 0..edits {
        // An input without edits is a valid body.
        if from.is_empty() {
            break;
        }
        let Ok(edit) = from.arbitrary::<Edit>() else { break };
        done.extend(root.edit(edit));
    }
    let mut text = String::new();
    root.write(&mut text);
    Body { bytes: text.into_bytes(), edits: Some(done) }
}

impl Edit {
    /// Mostly another value in the place of one.
    fn operation(self) -> Operation {
        match self.operation % 16 {
            0..8 => Operation::Set,
            8 | 9 => Operation::Remove,
            10 | 11 => Operation::Append,
            12 => Operation::Double,
            13 => Operation::Add,
            14 => Operation::Wrap,
            _ => Operation::Unwrap,
        }
    }

    /// A value for the field of this name.
    fn leaf(self, field: Option<&String>) -> String {
        let quoted = |text: String| Value::from(text).to_string();
        let number = usize::from(self.number);
        match self.leaf % 16 {
            0..5 => HOSTILE[number % HOSTILE.len()].into(),
            5..9 => {
                let own = field
                    .and_then(|field| FITTING.iter().find(|(fields, _)| fields.contains(&field.as_str())));
                let (_, values) = own.unwrap_or(&FITTING[number / 256 % FITTING.len()]);
                values[number % values.len()].into()
            }
            9 => quoted("a".repeat(number)),
            10 => "1".repeat(number.max(1)),
            11 => {
                let depth = number % 8000;
                format!("{}1{}", "[".repeat(depth), "]".repeat(depth))
            }
            12 => number.to_string(),
            // One character, or one and its half.
            13 => quoted(char::from_u32(self.number.into()).map(String::from).unwrap_or_default()),
            14 => format!("\"\\u{number:04x}\""),
            _ => ["null", "true", "false", "\"\"", "0.5"][number % 5].into(),
        }
    }
}

impl Node {
    fn of(value: &Value) -> Node {
        match value {
            Value::Object(fields) => {
                Node::Object(fields.iter().map(|(name, value)| (name.clone(), Node::of(value))).collect())
            }
            Value::Array(entries) => Node::List(entries.iter().map(Node::of).collect()),
            leaf => Node::Raw(leaf.to_string()),
        }
    }

    fn write(&self, to: &mut String) {
        match self {
            Node::Raw(text) => to.push_str(text),
            Node::Object(fields) => {
                to.push('{');
                for (nth, (name, value)) in fields.iter().enumerate() {
                    if nth > 0 {
                        to.push(',');
                    }
                    to.push_str(&Value::from(name.as_str()).to_string());
                    to.push(':');
                    value.write(to);
                }
                to.push('}');
            }
            Node::List(entries) => {
                to.push('[');
                for (nth, entry) in entries.iter().enumerate() {
                    if nth > 0 {
                        to.push(',');
                    }
                    entry.write(to);
                }
                to.push(']');
            }
        }
    }

    /// How many values there are, this one and those in it.
    fn size(&self) -> usize {
        1 + match self {
            Node::Raw(_) => 0,
            Node::Object(fields) => fields.iter().map(|(_, value)| value.size()).sum(),
            Node::List(entries) => entries.iter().map(Node::size).sum(),
        }
    }

    /// Makes an edit; none if there is nothing to make it at.
    fn edit(&mut self, edit: Edit) -> Option<Done> {
        let at = usize::from(edit.at) % self.size();
        let mut path = Vec::new();
        let doubled = self.edit_at(at, edit, &mut path)?;
        Some(Done { path, doubled })
    }

    fn edit_at(&mut self, mut at: usize, edit: Edit, path: &mut Vec<String>) -> Option<bool> {
        if at == 0 {
            return self.edit_here(edit, path);
        }
        at -= 1;
        match self {
            Node::Raw(_) => None,
            Node::Object(fields) => {
                let place = fields.iter().position(|(_, value)| {
                    let found = at < value.size();
                    if !found {
                        at -= value.size();
                    }
                    found
                })?;
                let (name, value) = &mut fields[place];
                path.push(name.clone());
                match edit.operation() {
                    Operation::Remove if at == 0 => {
                        fields.remove(place);
                        Some(false)
                    }
                    Operation::Double if at == 0 => {
                        let name = name.clone();
                        fields.push((name, Node::Raw(edit.leaf(path.last()))));
                        Some(true)
                    }
                    _ => value.edit_at(at, edit, path),
                }
            }
            Node::List(entries) => {
                let place = entries.iter().position(|value| {
                    let found = at < value.size();
                    if !found {
                        at -= value.size();
                    }
                    found
                })?;
                if edit.operation() == Operation::Remove && at == 0 {
                    entries.remove(place);
                    return Some(false);
                }
                entries[place].edit_at(at, edit, path)
            }
        }
    }

    fn edit_here(&mut self, edit: Edit, path: &mut Vec<String>) -> Option<bool> {
        match edit.operation() {
            Operation::Set => *self = Node::Raw(edit.leaf(path.last())),
            Operation::Wrap => *self = Node::List(vec![self.clone()]),
            Operation::Add => match self {
                Node::Object(fields) => {
                    path.push("surprise".into());
                    fields.push(("surprise".into(), Node::Raw(edit.leaf(path.last()))));
                }
                Node::List(entries) => entries.push(Node::Raw(edit.leaf(path.last()))),
                Node::Raw(_) => return None,
            },
            Operation::Unwrap => match self {
                Node::List(entries) if !entries.is_empty() => *self = entries.remove(0),
                Node::Object(fields) if !fields.is_empty() => *self = fields.remove(0).1,
                _ => return None,
            },
            Operation::Append => match self {
                // Behind what a text has.
                Node::Raw(text) => match (text.strip_suffix('"'), edit.leaf(path.last()).strip_prefix('"')) {
                    (Some(start), Some(end)) => *text = format!("{start}{end}"),
                    _ => text.push_str(&edit.leaf(path.last())),
                },
                Node::List(entries) => {
                    let last = entries.last().cloned()?;
                    entries.resize(entries.len() + 30, last);
                }
                Node::Object(_) => return None,
            },
            Operation::Remove | Operation::Double => return None,
        }
        Some(false)
    }
}
