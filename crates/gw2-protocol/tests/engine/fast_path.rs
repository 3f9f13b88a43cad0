//! AGENT_UPDATE_BATCH in blocks of the 2025 server: its end is told by the block's.

use crate::feed::Feed;
use crate::session::{BUILD_2025, SERVER, Session, exchange, server_message};
use gw2_protocol::message::Reason;
use gw2_protocol::stream::{Item, Why};
use gw2_sim::block::Codec;
use gw2_sim::handshake::Version;
use gw2_sim::message::{Message, Table};

/// Whole sizes that were seen (protocol.md, section 5).
const SEEN: [usize; 6] = [14, 25, 26, 38, 44, 62];

fn batch(subtype: u16, len: usize) -> Message {
    let mut rest = subtype.to_le_bytes().to_vec();
    rest.resize(len - 2, 0x7f);
    Message::raw(Table::Gs2c, 1, &rest)
}

#[test]
fn the_size_of_what_is_left_of_the_block_decides() {
    for codec in [Codec::Stored, Codec::Lz4] {
        for subtype in [0x0040, 0x0041] {
            for len in 4..80 {
                let mut session = Session::new(&Version::Game38, BUILD_2025, exchange(0), true);
                session.open();
                let message = batch(subtype, len);
                session.blocks(&[server_message(1), message.clone()], &[(usize::MAX, codec)]);
                session.blocks(&[server_message(2)], &[]);
                let feed = Feed::all(&session);
                let what = format!("{len} bytes of subtype {subtype:#x}");
                // The next block decodes whatever this one holds.
                assert_eq!(
                    feed.messages(SERVER).last(),
                    Some(&server_message(2).bytes),
                    "{what}"
                );
                let items = feed.items(SERVER);
                let failed = items.iter().any(|item| {
                    matches!(item, Item::Failed { failure, .. } if failure.reason == Reason::ShortFastPath)
                });
                assert_eq!(failed, len < 10, "{what}");
                if failed {
                    continue;
                }
                let known = if subtype == 0x0040 && len >= 22 { 22 } else { 10 };
                let whole = SEEN.contains(&len) || len == known;
                let shown = if whole { len } else { known };
                assert_eq!(feed.messages(SERVER)[1], message.bytes[..shown], "{what}");
                let undecoded: Vec<u32> = items
                    .iter()
                    .filter_map(|item| match item {
                        Item::Undecoded {
                            len,
                            why: Why::FastPath,
                            ..
                        } => Some(*len),
                        _ => None,
                    })
                    .collect();
                let rest = if whole { vec![] } else { vec![(len - known) as u32] };
                assert_eq!(undecoded, rest, "{what}");
            }
        }
    }
}
