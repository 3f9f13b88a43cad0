//! STS/1.0 messages as text (protocol.md section 7).

/// How headers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// `l:252`, as live clients do.
    Compact,
    /// `Content-Length: 252`.
    Full,
}

/// One message: start line, headers by full name, body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sts {
    /// The start line, without its end.
    pub start: String,
    /// Headers but Content-Length, which the body gives.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Sts {
    /// Any start line, no header, no body.
    pub fn new(start: impl Into<String>) -> Self {
        Sts {
            start: start.into(),
            headers: Vec::new(),
            body: Vec::new(),
        }
    }

    /// A notification: `P /path STS/1.0` without a Subject.
    pub fn notice(path: &str) -> Self {
        Sts::new(format!("P {path} STS/1.0"))
    }

    /// A request with a transaction id and, when not 0, a time-out in milliseconds.
    pub fn request(path: &str, id: u32, timeout_ms: u32) -> Self {
        let timeout = if timeout_ms == 0 {
            String::new()
        } else {
            format!(";timeout={timeout_ms}")
        };
        Sts::notice(path).header("Subject", format!("{id}{timeout}"))
    }

    /// An answer; `part` is what stands behind the id in the Subject: `R`, `r1`, `R3`.
    pub fn answer(code: u16, reason: &str, id: u32, part: &str) -> Self {
        let line = format!("STS/1.0 {code} {reason}");
        Sts::new(line.trim_end()).header("Subject", format!("{id}{part}"))
    }

    /// A request in the seed document's grammar.
    pub fn seed_request(path: &str, id: u32) -> Self {
        Sts::new(format!("REQ {path}")).header("Subject", id.to_string())
    }

    /// An answer in the seed document's grammar.
    pub fn seed_answer(code: u16, reason: &str, id: u32) -> Self {
        let line = format!("RESP {code} {reason}");
        Sts::new(line.trim_end()).header("Subject", format!("{id}R"))
    }

    /// Adds a header by its full name.
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// Sets the body: XML, to which a line feed is added.
    pub fn xml(mut self, body: &str) -> Self {
        self.body = format!("{}\n", body.trim_end()).into_bytes();
        self
    }

    /// Sets the body: bytes as they are.
    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The wire form.
    pub fn encode(&self, style: Style) -> Vec<u8> {
        let mut text = format!("{}\r\n", self.start);
        let length =
            (!self.body.is_empty()).then(|| ("Content-Length".to_owned(), self.body.len().to_string()));
        for (name, value) in self.headers.iter().cloned().chain(length) {
            match (style, compact(&name)) {
                (Style::Compact, Some(letter)) => text.push_str(&format!("{letter}:{value}\r\n")),
                (Style::Compact, None) => text.push_str(&format!("{name}:{value}\r\n")),
                (Style::Full, _) => text.push_str(&format!("{name}: {value}\r\n")),
            }
        }
        text.push_str("\r\n");
        let mut wire = text.into_bytes();
        wire.extend(&self.body);
        wire
    }

    /// The message in fragments of at most `size` body bytes, each with a Content-Range.
    pub fn fragments(&self, size: usize) -> Vec<Sts> {
        let total = self.body.len();
        let pieces = self.body.chunks(size.max(1)).enumerate();
        pieces
            .map(|(n, piece)| {
                let first = n * size.max(1);
                let range = format!("bytes {first}-{}/{total}", first + piece.len() - 1);
                let part = Sts {
                    body: piece.to_vec(),
                    ..self.clone()
                };
                part.header("Content-Range", range)
            })
            .collect()
    }
}

/// A header's one-letter form.
fn compact(name: &str) -> Option<char> {
    Some(match name {
        "Accept" => 'a',
        "Content-Type" => 'c',
        "Content-Encoding" => 'e',
        "From" => 'f',
        "X-From-Game" => 'g',
        "X-From-Rights" => 'h',
        "X-Trace-ID" => 'i',
        "Content-Length" => 'l',
        "Stream" => 'm',
        "Content-Range" => 'n',
        "Reply-To" => 'p',
        "X-Sequence" => 'q',
        "Refer-To" => 'r',
        "Subject" => 's',
        "To" => 't',
        "Via" => 'v',
        "Transfer-Encoding" => 'x',
        "Timestamp" => 'z',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Sts, Style};

    /// Headers as a live client of 2025 sent them (nDPI's capture): `l:` with no space, body with a line feed.
    #[test]
    fn a_live_notice() {
        let notice = Sts::notice("/Sts/Connect").xml("<Connect>\n</Connect>");
        let wire = String::from_utf8(notice.encode(Style::Compact)).unwrap();
        assert_eq!(
            wire,
            "P /Sts/Connect STS/1.0\r\nl:21\r\n\r\n<Connect>\n</Connect>\n"
        );
    }

    #[test]
    fn requests_and_answers() {
        let text = |sts: Sts, style| String::from_utf8(sts.encode(style)).unwrap();
        let request = Sts::request("/Auth/StartTls", 7, 4000);
        assert_eq!(
            text(request, Style::Compact),
            "P /Auth/StartTls STS/1.0\r\ns:7;timeout=4000\r\n\r\n"
        );
        let answer = Sts::answer(200, "OK", 7, "R").xml("<Reply/>");
        assert_eq!(
            text(answer, Style::Full),
            "STS/1.0 200 OK\r\nSubject: 7R\r\nContent-Length: 9\r\n\r\n<Reply/>\n"
        );
        assert_eq!(
            text(Sts::seed_request("/A/B", 1), Style::Compact),
            "REQ /A/B\r\ns:1\r\n\r\n"
        );
        assert_eq!(
            text(Sts::seed_answer(200, "", 1), Style::Compact),
            "RESP 200\r\ns:1R\r\n\r\n"
        );
    }

    #[test]
    fn fragments_cover_the_body() {
        let whole = Sts::answer(200, "OK", 1, "R").bytes((0..10).collect());
        let parts = whole.fragments(4);
        let ranges: Vec<_> = parts.iter().map(|p| p.headers[1].1.clone()).collect();
        assert_eq!(ranges, ["bytes 0-3/10", "bytes 4-7/10", "bytes 8-9/10"]);
        assert_eq!(parts.concat_bodies(), whole.body);
    }

    trait ConcatBodies {
        fn concat_bodies(&self) -> Vec<u8>;
    }

    impl ConcatBodies for Vec<Sts> {
        fn concat_bodies(&self) -> Vec<u8> {
            self.iter().flat_map(|part| part.body.clone()).collect()
        }
    }
}
