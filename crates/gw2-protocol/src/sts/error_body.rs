//! The body of an answer of 400 and more: one `<Error code= server= module= line= text=/>` (section 7).
//!
//! Code 0 is success, whatever the status says; attributes that are missing count as 0.

/// The attributes of an `<Error/>` element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ErrorBody {
    /// What went wrong; 0 is nothing.
    pub code: u32,
    /// The server that says so.
    pub server: u32,
    /// Its module.
    pub module: u32,
    /// The line in its source.
    pub line: u32,
    /// In words, when it says so.
    pub text: Option<String>,
}

/// Why a body is no `<Error/>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorBodyError {
    /// The body's root is not an `<Error>` element.
    NoErrorElement,
    /// The element's tag does not end, or an attribute is not of the form `name="value"`.
    Syntax,
    /// An attribute that must be a number is none: its name.
    NotANumber(&'static str),
}

impl std::fmt::Display for ErrorBodyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoErrorElement => f.write_str("the body is no <Error> element"),
            Self::Syntax => f.write_str("the body's <Error> element is not well-formed"),
            Self::NotANumber(name) => write!(f, "the error's attribute {name} is no number"),
        }
    }
}

impl std::error::Error for ErrorBodyError {}

impl ErrorBody {
    /// Whether this is the protocol's way to say yes.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.code == 0
    }

    /// Reads a body.
    ///
    /// # Errors
    /// When the body is no `<Error>` element or one that cannot be read.
    pub fn parse(body: &[u8]) -> Result<Self, ErrorBodyError> {
        let text = String::from_utf8_lossy(body);
        let mut rest = skip_prolog(&text)
            .strip_prefix("<Error")
            .filter(|rest| rest.starts_with(|next: char| next == '/' || next == '>' || next.is_whitespace()))
            .ok_or(ErrorBodyError::NoErrorElement)?;
        let mut error = Self::default();
        loop {
            rest = rest.trim_start();
            if rest.starts_with('>') || rest.starts_with("/>") {
                return Ok(error);
            }
            let (name, value, after) = split_attribute(rest).ok_or(ErrorBodyError::Syntax)?;
            rest = after;
            match name {
                "code" => error.code = number("code", value)?,
                "server" => error.server = number("server", value)?,
                "module" => error.module = number("module", value)?,
                "line" => error.line = number("line", value)?,
                "text" => error.text = Some(unescape(value)),
                _ => {}
            }
        }
    }
}

/// Passes over a byte order mark, white space, an XML declaration and comments.
fn skip_prolog(text: &str) -> &str {
    let mut rest = text.trim_start_matches('\u{FEFF}').trim_start();
    loop {
        let end = if rest.starts_with("<?") {
            "?>"
        } else if rest.starts_with("<!--") {
            "-->"
        } else {
            return rest;
        };
        match rest.split_once(end) {
            Some((_, after)) => rest = after.trim_start(),
            None => return rest,
        }
    }
}

/// Splits `name="value"` off the front.
fn split_attribute(text: &str) -> Option<(&str, &str, &str)> {
    let (name, rest) = text.split_once('=')?;
    let name = name.trim_end();
    if name.is_empty() || name.contains(|next: char| next.is_whitespace() || "<>/\"'".contains(next)) {
        return None;
    }
    let rest = rest.trim_start();
    let quote = rest
        .chars()
        .next()
        .filter(|&quote| quote == '"' || quote == '\'')?;
    let (value, rest) = rest.strip_prefix(quote)?.split_once(quote)?;
    Some((name, value, rest))
}

/// A number; negative ones (the maker's client knows -1, pending) keep their 32 bits.
fn number(name: &'static str, value: &str) -> Result<u32, ErrorBodyError> {
    let value = value.trim();
    value
        .parse::<u32>()
        .or_else(|_| value.parse::<i32>().map(i32::cast_unsigned))
        .map_err(|_| ErrorBodyError::NotANumber(name))
}

/// Resolves XML's references; what is none stays as it is.
fn unescape(value: &str) -> String {
    let mut out = String::new();
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('&') {
        out.push_str(before);
        let reference = split_reference(after).and_then(|(name, after)| Some((resolve(name)?, after)));
        rest = if let Some((resolved, after)) = reference {
            out.push(resolved);
            after
        } else {
            out.push('&');
            after
        };
    }
    out.push_str(rest);
    out
}

/// Splits a reference's name off; none is longer than `#x10FFFF`, so that a text full of `&` stays cheap.
fn split_reference(text: &str) -> Option<(&str, &str)> {
    let (end, _) = text.char_indices().take(10).find(|&(_, next)| next == ';')?;
    let (name, after) = text.split_at_checked(end)?;
    Some((name, after.strip_prefix(';')?))
}

fn resolve(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
