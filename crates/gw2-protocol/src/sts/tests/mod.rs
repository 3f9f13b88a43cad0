//! Tests of the portal protocol, by section of protocol.md. Inputs are written by hand.
//!
//! | rule | where |
//! |---|---|
//! | section 1, first bytes; section 8, cut short | `start_line` |
//! | section 7, start lines, kinds | `start_line`, `message` |
//! | section 7, header names, Subject, Content-Range | `header` |
//! | section 7, framing, limits; section 8, coming back | `parser`, `parser_properties` |
//! | section 7, transactions; section 8, last answer, unanswered | `transactions`, `connection` |
//! | section 7, codes | `error_body`, `contents` |
//! | section 7, fragments | `fragments`, `contents` |
//! | section 7, Content-Encoding | `encoding`, `contents` |
//! | section 8, after a gap; bytes that come late | `parser`, `late` |
//! | section 7, StartTls; section 8, 200 is a yes | `start_tls` |
//! | section 7, secrets | `connection` |

mod connection;
mod contents;
mod encoding;
mod error_body;
mod fragments;
mod header;
mod late;
mod leaves;
mod message;
mod parser;
mod parser_properties;
mod start_line;
mod start_tls;
mod transactions;

/// The first bytes of a live client of 2025-05-16, one segment (nDPI's public capture).
pub(crate) const LIVE_CONNECT: &[u8] = b"P /Sts/Connect STS/1.0\r\nl:252\r\n\r\n<Connect>\n\
<ConnType>400</ConnType>\n<Address>127.0.0.1</Address>\n<ProductType>0</ProductType>\n\
<ProductName>Gw2-64</ProductName>\n<AppIndex>1</AppIndex>\n<Epoch>769087523</Epoch>\n\
<Program>101</Program>\n<Build>1004</Build>\n<Process>288</Process>\n</Connect>\n";

#[test]
fn the_live_bytes_are_those_of_the_capture() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/real-2025-portal-connect.pcap"
    );
    match std::fs::read(path) {
        Ok(capture) => assert!(
            capture
                .windows(LIVE_CONNECT.len())
                .any(|bytes| bytes == LIVE_CONNECT)
        ),
        Err(_) => eprintln!("skipped: {path} is not here"),
    }
}
