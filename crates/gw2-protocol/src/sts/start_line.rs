//! Start lines, and how the first bytes of a connection tell that it is a portal's (sections 1 and 7).

/// The longest method that is taken for one; all that was seen is `P`.
pub const MAX_METHOD: usize = 32;

/// The longest start line, its line end included.
pub const MAX_START_LINE: usize = 32 * 1024;

const ANSWER: &[u8] = b"STS/1.0 ";
const SEED_ANSWER: &[u8] = b"RESP ";
const SEED_REQUEST: &[u8] = b"REQ";
const VERSION_SUFFIX: &[u8] = b" STS/1.0";

/// How many bytes of an unfinished line [`could_begin_start_line`] looks at, so that a line that arrives
/// byte by byte stays cheap.
const PREFIX_EXAMINED: usize = 64;

/// The first line of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartLine<'a> {
    /// `P /Protocol/Command STS/1.0` or `REQ /Protocol/Command`: a request or a message.
    Request {
        /// The first token.
        method: &'a [u8],
        /// The path, from its slash on.
        path: &'a [u8],
        /// Whether the line ends in ` STS/1.0`; only `REQ` can go without.
        versioned: bool,
    },
    /// `STS/1.0 <code> [<reason>]` or `RESP <code> [<reason>]`.
    Answer {
        /// The status code.
        status: u16,
        /// What follows the code, when anything does.
        reason: Option<&'a [u8]>,
        /// Whether the line starts with `STS/1.0`.
        versioned: bool,
    },
}

impl<'a> StartLine<'a> {
    /// Reads a start line from `line`, which has no line end any more.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        if let Some(rest) = line.strip_prefix(ANSWER) {
            return parse_answer(rest, true);
        }
        if let Some(answer) = line
            .strip_prefix(SEED_ANSWER)
            .and_then(|rest| parse_answer(rest, false))
        {
            return Some(answer);
        }
        parse_request(line)
    }

    /// Whether this is the seed's `REQ <path>`, which asks for an answer even without a Subject.
    #[must_use]
    pub fn is_seed_request(&self) -> bool {
        matches!(self, Self::Request { method, .. } if *method == SEED_REQUEST)
    }

    /// The protocol's version, where the line names it.
    #[must_use]
    pub fn version(&self) -> Option<&'static str> {
        match self {
            Self::Request { versioned, .. } | Self::Answer { versioned, .. } => versioned.then_some("1.0"),
        }
    }
}

/// Whether `line`, with its `\r\n`, is a start line.
#[must_use]
pub fn is_start_line(line: &[u8]) -> bool {
    line.len() <= MAX_START_LINE
        && line
            .strip_suffix(b"\r\n")
            .is_some_and(|line| StartLine::parse(line).is_some())
}

/// Whether an unfinished line can still become a start line. Never false for the beginning of one; where it
/// is true, only the whole line tells.
#[must_use]
pub fn could_begin_start_line(line: &[u8]) -> bool {
    if line.len() >= MAX_START_LINE {
        return false;
    }
    let prefix = line.get(..PREFIX_EXAMINED).unwrap_or(line);
    could_begin_answer(prefix, ANSWER)
        || could_begin_answer(prefix, SEED_ANSWER)
        || could_begin_request(prefix)
}

/// What the first bytes of a connection say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// A portal connection.
    Certain,
    /// Too short to tell: it reads like the beginning of a start line. Enough on a registered port only.
    Possible,
    /// Something else.
    No,
}

/// Judges the first bytes seen of a connection, as far as one segment holds them. `from_client` says who
/// sent them, where that is known.
#[must_use]
pub fn looks_like_portal(first_bytes: &[u8], from_client: Option<bool>) -> Certainty {
    let may_be_client = from_client != Some(false);
    let may_be_server = from_client != Some(true);
    if may_be_client && first_bytes.starts_with(b"REQ /")
        || may_be_server && (first_bytes.starts_with(b"STS/1.") || first_bytes.starts_with(SEED_ANSWER))
    {
        return Certainty::Certain;
    }
    match first_bytes.iter().position(|&byte| byte == b'\n') {
        Some(end) if first_bytes.get(..=end).is_some_and(is_start_line) => Certainty::Certain,
        Some(_) => Certainty::No,
        None if !first_bytes.is_empty() && could_begin_start_line(first_bytes) => Certainty::Possible,
        None => Certainty::No,
    }
}

fn parse_answer(rest: &[u8], versioned: bool) -> Option<StartLine<'_>> {
    let (code, reason) = match rest.iter().position(|&byte| byte == b' ') {
        Some(space) => {
            let (code, reason) = rest.split_at_checked(space)?;
            (code, reason.trim_ascii())
        }
        None => (rest, &[][..]),
    };
    if code.is_empty() || code.len() > 5 || !reason.iter().all(|&byte| is_text(byte)) {
        return None;
    }
    let mut status = 0_u16;
    for &digit in code {
        if !digit.is_ascii_digit() {
            return None;
        }
        status = status
            .checked_mul(10)?
            .checked_add(u16::from(digit.wrapping_sub(b'0')))?;
    }
    Some(StartLine::Answer {
        status,
        reason: (!reason.is_empty()).then_some(reason),
        versioned,
    })
}

fn parse_request(line: &[u8]) -> Option<StartLine<'_>> {
    let (line, versioned) = match line.strip_suffix(VERSION_SUFFIX) {
        Some(line) => (line, true),
        None => (line, false),
    };
    let (method, path) = line.split_at_checked(line.iter().position(|&byte| byte == b' ')?)?;
    let path = path.strip_prefix(b" ")?;
    let well_formed = !method.is_empty()
        && method.len() <= MAX_METHOD
        && method.iter().all(|&byte| is_token(byte))
        && path.starts_with(b"/")
        && path.iter().all(|&byte| is_path(byte));
    (well_formed && (versioned || method == SEED_REQUEST)).then_some(StartLine::Request {
        method,
        path,
        versioned,
    })
}

fn could_begin_answer(prefix: &[u8], head: &[u8]) -> bool {
    match prefix.strip_prefix(head) {
        Some(rest) => rest.first().is_none_or(u8::is_ascii_digit),
        None => head.starts_with(prefix),
    }
}

fn could_begin_request(prefix: &[u8]) -> bool {
    let method_end = prefix
        .iter()
        .position(|&byte| byte == b' ')
        .unwrap_or(prefix.len());
    let Some((method, rest)) = prefix.split_at_checked(method_end) else {
        return false;
    };
    if method.len() > MAX_METHOD || !method.iter().all(|&byte| is_token(byte)) {
        return false;
    }
    let Some(path) = rest.strip_prefix(b" ") else {
        return true;
    };
    let path = path.strip_suffix(b"\r").unwrap_or(path);
    !method.is_empty()
        && path.first().is_none_or(|&byte| byte == b'/')
        && path.iter().all(|&byte| is_path(byte) || byte == b' ')
}

/// The characters of an HTTP token.
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_path(byte: u8) -> bool {
    byte > b' ' && byte != 0x7F
}

fn is_text(byte: u8) -> bool {
    byte == b'\t' || byte >= b' ' && byte != 0x7F
}
