//! What an exported content is called: `Group_GroupInfo-1-answer.xml`.

use gw2_protocol::sts::unit::Document;
use gw2_protocol::sts::{Kind, Message, UnitView};

/// How much of a path a name takes over: file systems allow 255 bytes for all of it.
const MAX_PATH: usize = 150;

/// Path, transaction, kind, and which part of several.
pub fn of(unit: &UnitView<'_>, message: &Message<'_>, document: &Document<'_>) -> String {
    let mut name = path(unit.path().unwrap_or_default());
    if let Some(transaction) = message.transaction() {
        name.push_str(&format!("-{transaction}"));
    }
    name.push_str(match message.kind() {
        Kind::Request => "-request",
        Kind::Response => "-answer",
        Kind::Message => "-message",
    });
    if let Some(part) = message.part() {
        name.push_str(&format!("-part{part}"));
    }
    name.push('.');
    name.push_str(extension(document));
    name
}

/// `/Group/GroupInfo` as `Group_GroupInfo`; nothing that a file system or a shell takes for more than a name.
fn path(path: &[u8]) -> String {
    let path = path.strip_prefix(b"/").unwrap_or(path);
    let path = path.split(|&byte| byte == b'?').next().unwrap_or_default();
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let name: String = path
        .iter()
        .take(MAX_PATH)
        .map(|&byte| if allowed(byte) { char::from(byte) } else { '_' })
        .collect();
    match name.trim_start_matches('.') {
        "" => "unknown".to_owned(),
        name => name.to_owned(),
    }
}

fn extension(document: &Document<'_>) -> &'static str {
    let essence = document.content_type.split(|&byte| byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii().to_ascii_lowercase();
    match essence.as_slice() {
        _ if document.is_xml => "xml",
        [.., b'j', b's', b'o', b'n'] => "json",
        [b't', b'e', b'x', b't', b'/', ..] => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::path;

    #[test]
    fn a_path_becomes_a_plain_name() {
        for (given, wanted) in [
            ("/Group/GroupInfo", "Group_GroupInfo"),
            ("/Game.com.Wallet/WalletInfo", "Game.com.Wallet_WalletInfo"),
            ("/a?token=secret", "a"),
            ("/../../etc/passwd", "_.._etc_passwd"),
            ("/", "unknown"),
            ("", "unknown"),
            ("/a b:c\\d\"e", "a_b_c_d_e"),
        ] {
            assert_eq!(path(given.as_bytes()), wanted, "{given}");
        }
        assert_eq!(path(&[b'x'; 4000]).len(), 150);
    }
}
