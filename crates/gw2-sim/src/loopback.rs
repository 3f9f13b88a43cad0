//! A client and a server that talk STS over real sockets, for captures that a real network stack made.
//!
//! Both are bounded: they stop by themselves when the conversation is over, or when nothing comes for a while.

use crate::demo::{connect, presence};
use crate::sts::{Sts, Style};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long either waits for the other.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A message as it came.
struct Received {
    start: String,
    subject: Option<String>,
}

/// One end of a connection.
struct End {
    writer: TcpStream,
    reader: BufReader<TcpStream>,
    style: Style,
}

impl End {
    fn new(stream: TcpStream, style: Style) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        Ok(End {
            reader: BufReader::new(stream.try_clone()?),
            writer: stream,
            style,
        })
    }

    fn send(&mut self, messages: &[Sts]) -> io::Result<()> {
        let bytes: Vec<u8> = messages
            .iter()
            .flat_map(|message| message.encode(self.style))
            .collect();
        self.writer.write_all(&bytes)
    }

    /// The next message; none at the end.
    fn receive(&mut self) -> io::Result<Option<Received>> {
        let mut line = || {
            let mut line = String::new();
            let mut reader = self.reader.by_ref().take(64 * 1024);
            reader.read_line(&mut line)?;
            Ok::<_, io::Error>(line)
        };
        let start = line()?;
        if start.is_empty() {
            return Ok(None);
        }
        let (mut length, mut subject) = (0_usize, None);
        loop {
            let header = line()?;
            let Some((name, value)) = header.trim_end().split_once(':') else {
                break;
            };
            match name {
                "l" | "Content-Length" => length = value.trim().parse().map_err(io::Error::other)?,
                "s" | "Subject" => subject = Some(value.trim().to_owned()),
                _ => {}
            }
        }
        let mut body = vec![0; length.min(64 * 1024)];
        self.reader.read_exact(&mut body)?;
        Ok(Some(Received {
            start: start.trim_end().to_owned(),
            subject,
        }))
    }
}

/// Waits for one client and answers it until it closes the connection. Gives the start lines that came.
pub fn serve(listener: &TcpListener) -> io::Result<Vec<String>> {
    let deadline = Instant::now() + PATIENCE;
    listener.set_nonblocking(true)?;
    let stream = loop {
        match listener.accept() {
            Ok((stream, _)) => break stream,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock && Instant::now() < deadline => {
                sleep(Duration::from_millis(5));
            }
            Err(error) => return Err(error),
        }
    };
    stream.set_nonblocking(false)?;
    let mut end = End::new(stream, Style::Full)?;
    let mut received = Vec::new();
    while let Some(message) = end.receive()? {
        if let Some(subject) = message.subject {
            let id = subject
                .split(';')
                .next()
                .and_then(|id| id.parse().ok())
                .unwrap_or_default();
            end.send(&answers(&message.start, id))?;
        }
        received.push(message.start);
    }
    end.writer.shutdown(Shutdown::Write)?;
    Ok(received)
}

/// What the server says to a request.
fn answers(start: &str, id: u32) -> Vec<Sts> {
    let row = |n: u32| format!("<Reply type=\"array\">\n<Row>{n}</Row>\n</Reply>");
    let ok = |part: &str| Sts::answer(200, "OK", id, part);
    match start.split(' ').nth(1).unwrap_or_default() {
        "/Account/ListMyGameAccounts" => vec![
            ok("r1").xml(&row(1)),
            presence("Brakk.1234", "online", 50),
            ok("R2").xml(&row(2)),
        ],
        "/Trading/Search" => ok("R").xml(&row(7).repeat(2000)).fragments(30_000),
        "/Auth/StartTls" => vec![
            Sts::answer(400, "ErrTimeout", id, "R")
                .xml(r#"<Error code="11" server="1001" text="TLS is off"/>"#),
        ],
        _ => vec![ok("R").xml("<Reply/>")],
    }
}

/// Holds a conversation with the server at `address`. Gives the start lines that came.
pub fn converse(address: SocketAddr) -> io::Result<Vec<String>> {
    let mut end = End::new(TcpStream::connect_timeout(&address, PATIENCE)?, Style::Compact)?;
    let mut received = Vec::new();
    let mut hear = |end: &mut End, count: usize| {
        for _ in 0..count {
            let message = end.receive()?.ok_or(io::ErrorKind::UnexpectedEof)?;
            received.push(message.start);
        }
        Ok::<_, io::Error>(())
    };
    end.send(&[
        connect(288),
        Sts::request("/Auth/StartTls", 1, 4000).xml("<Request/>"),
    ])?;
    hear(&mut end, 1)?;
    let ask =
        |id| Sts::request("/Group/GroupInfo", id, 4000).xml("<Request>\n<GroupId>1</GroupId>\n</Request>");
    end.send(&[ask(2), ask(3), Sts::notice("/Sts/Ping")])?;
    hear(&mut end, 2)?;
    end.send(&[Sts::request("/Account/ListMyGameAccounts", 4, 0)])?;
    hear(&mut end, 3)?;
    // A message in three writes: start line, headers and body each come apart.
    let bytes = ask(5).encode(Style::Compact);
    for piece in bytes.chunks(bytes.len() / 3 + 1) {
        end.writer.write_all(piece)?;
        sleep(Duration::from_millis(30));
    }
    hear(&mut end, 1)?;
    let long = format!("<Request>\n<Text>{}</Text>\n</Request>", "tyria ".repeat(10_000));
    end.send(&[Sts::request("/Trading/Search", 6, 30_000).xml(&long)])?;
    hear(&mut end, answers("P /Trading/Search", 6).len())?;
    end.writer.shutdown(Shutdown::Write)?;
    while end.receive()?.is_some() {}
    Ok(received)
}

#[cfg(test)]
mod tests {
    use super::{converse, serve};
    use std::net::TcpListener;

    #[test]
    fn both_hear_what_the_other_says_and_stop() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = std::thread::spawn(move || serve(&listener).unwrap());
        let heard = converse(address).unwrap();
        assert_eq!(server.join().unwrap().len(), 8);
        assert!(heard.len() > 8, "{heard:?}");
    }
}
