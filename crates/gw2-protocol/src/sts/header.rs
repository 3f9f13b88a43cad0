//! Header lines, their compact names, and the values that mean something to the protocol (section 7).

use std::borrow::Cow;
use std::fmt;

use super::start_line::is_token;

macro_rules! header_names {
    ($($(#[$doc:meta])* $variant:ident = $compact:literal, $full:literal;)*) => {
        /// The headers of the protocol.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum HeaderName {
            $($(#[$doc])* #[doc = concat!("`", $full, "`")] $variant,)*
        }

        impl HeaderName {
            /// All of them.
            pub const ALL: &[HeaderName] = &[$(HeaderName::$variant),*];

            /// The name in full.
            #[must_use]
            pub fn full(self) -> &'static str {
                match self { $(Self::$variant => $full,)* }
            }

            /// The compact form, one letter.
            #[must_use]
            pub fn compact(self) -> char {
                match self { $(Self::$variant => $compact,)* }
            }
        }
    };
}

header_names! {
    Accept = 'a', "Accept";
    ContentType = 'c', "Content-Type";
    ContentEncoding = 'e', "Content-Encoding";
    From = 'f', "From";
    FromGame = 'g', "X-From-Game";
    FromRights = 'h', "X-From-Rights";
    TraceId = 'i', "X-Trace-ID";
    ContentLength = 'l', "Content-Length";
    Stream = 'm', "Stream";
    ContentRange = 'n', "Content-Range";
    ReplyTo = 'p', "Reply-To";
    Sequence = 'q', "X-Sequence";
    ReferTo = 'r', "Refer-To";
    Subject = 's', "Subject";
    To = 't', "To";
    Via = 'v', "Via";
    TransferEncoding = 'x', "Transfer-Encoding";
    Timestamp = 'z', "Timestamp";
}

impl HeaderName {
    /// The header that `name` stands for, in full or compact, in any case.
    #[must_use]
    pub fn parse(name: &[u8]) -> Option<Self> {
        let matches = |known: &&Self| match name {
            [letter] => char::from(letter.to_ascii_lowercase()) == known.compact(),
            _ => name.eq_ignore_ascii_case(known.full().as_bytes()),
        };
        Self::ALL.iter().find(matches).copied()
    }
}

/// One header line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header<'a> {
    /// Which header, when it is one of the protocol's.
    pub id: Option<HeaderName>,
    /// The name as it was sent.
    pub name: &'a [u8],
    /// The value without the white space around it.
    pub value: &'a [u8],
}

impl<'a> Header<'a> {
    /// Reads a header line from `line`, which has no line end any more.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let (name, value) = line.split_at_checked(line.iter().position(|&byte| byte == b':')?)?;
        let value = value.strip_prefix(b":")?.trim_ascii();
        let name = name.trim_ascii_end();
        if name.is_empty() || !name.iter().all(|&byte| is_token(byte)) {
            return None;
        }
        Some(Self {
            id: HeaderName::parse(name),
            name,
            value,
        })
    }

    /// The name in full; as it was sent when the protocol does not know it.
    #[must_use]
    pub fn full_name(&self) -> Cow<'a, str> {
        self.id.map_or_else(
            || String::from_utf8_lossy(self.name),
            |id| Cow::Borrowed(id.full()),
        )
    }
}

/// As users see it: `Content-Length: 252`.
impl fmt::Display for Header<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.full_name(), String::from_utf8_lossy(self.value))
    }
}

/// A decimal number, nothing around it.
#[must_use]
pub fn parse_number<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    if value.is_empty() || !value.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// What an `R` or `r` behind the transaction id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// `7`: none.
    None,
    /// `7r1`: a partial answer, more follow.
    Partial,
    /// `7R` or `7R3`: the whole answer, or the last one.
    Final,
}

/// A Subject: `7`, `7;timeout=4000`, `7R`, `7r1`, `7R3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subject {
    /// The transaction id; 0 is no transaction.
    pub id: u32,
    /// Whether and how it is an answer.
    pub mark: Mark,
    /// The answer's number behind the mark.
    pub part: Option<u32>,
    /// Milliseconds.
    pub timeout: Option<u32>,
}

impl Subject {
    /// Reads a Subject. Parameters other than `timeout` are passed over, and a time-out that is no number is
    /// none.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let mut parameters = value.split(|&byte| byte == b';').map(<[u8]>::trim_ascii);
        let transaction = parameters.next()?;
        let id_end = transaction
            .iter()
            .position(|byte| !byte.is_ascii_digit())
            .unwrap_or(transaction.len());
        let (id, rest) = transaction.split_at_checked(id_end)?;
        let (mark, part) = match rest.split_first() {
            None => (Mark::None, None),
            Some((b'r', number)) => (Mark::Partial, part(number)?),
            Some((b'R', number)) => (Mark::Final, part(number)?),
            Some(_) => return None,
        };
        let timeout = parameters.find_map(|parameter| {
            let (name, value) =
                parameter.split_at_checked(parameter.iter().position(|&byte| byte == b'=')?)?;
            name.trim_ascii().eq_ignore_ascii_case(b"timeout").then_some(())?;
            parse_number(value.strip_prefix(b"=")?.trim_ascii())
        });
        Some(Self {
            id: parse_number(id)?,
            mark,
            part,
            timeout,
        })
    }
}

/// The number behind a mark: none is fine, one that is no number is not.
fn part(number: &[u8]) -> Option<Option<u32>> {
    if number.is_empty() {
        Some(None)
    } else {
        parse_number(number).map(Some)
    }
}

/// A Content-Range: `bytes <first>-<last>/<total>`; the last byte belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ContentRange {
    /// Offset of the first byte in the whole.
    pub first: u32,
    /// Offset of the last byte in the whole.
    pub last: u32,
    /// The length of the whole.
    pub total: u32,
}

impl ContentRange {
    /// Reads a Content-Range. What it says need not make sense: [`super::fragments`] judges that.
    #[must_use]
    pub fn parse(value: &[u8]) -> Option<Self> {
        let (unit, range) = value.split_at_checked(value.iter().position(u8::is_ascii_whitespace)?)?;
        let mut halves = range.trim_ascii().splitn(2, |&byte| byte == b'/');
        let mut ends = halves.next()?.splitn(2, |&byte| byte == b'-');
        let number = |text: Option<&[u8]>| parse_number(text?.trim_ascii());
        unit.eq_ignore_ascii_case(b"bytes").then_some(())?;
        Some(Self {
            first: number(ends.next())?,
            last: number(ends.next())?,
            total: number(halves.next())?,
        })
    }
}
