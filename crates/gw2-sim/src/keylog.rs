//! Key log lines (protocol.md section 3).

use crate::crypto::KeyExchange;
use crate::hex;

/// Which secret a line carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secret {
    /// `GW2_RC4_KEY`: the 20-byte key.
    Rc4Key,
    /// `GW2_SEED`: the 20 bytes that `H` takes.
    Seed,
    /// `GW2_SHARED_SECRET`: all 64 bytes of the shared secret.
    SharedSecret,
    /// `GW2_SHARED_SECRET` with only the 20 bytes that are needed.
    SharedSecretStart,
}

/// How a line names its connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id {
    /// The 20 bytes of the server seed frame as on the wire.
    ServerSeed,
    /// The 64-byte client public value.
    ClientPublic,
    /// `*`: not known.
    Any,
}

/// Every combination, in a fixed order.
pub const FORMS: [(Secret, Id); 12] = {
    use Id::{Any, ClientPublic, ServerSeed};
    use Secret::{Rc4Key, Seed, SharedSecret, SharedSecretStart};
    [
        (Rc4Key, ServerSeed),
        (Rc4Key, ClientPublic),
        (Rc4Key, Any),
        (Seed, ServerSeed),
        (Seed, ClientPublic),
        (Seed, Any),
        (SharedSecret, ServerSeed),
        (SharedSecret, ClientPublic),
        (SharedSecret, Any),
        (SharedSecretStart, ServerSeed),
        (SharedSecretStart, ClientPublic),
        (SharedSecretStart, Any),
    ]
};

/// One line, without its end.
pub fn line(keys: &KeyExchange, secret: Secret, id: Id) -> String {
    let (label, value) = match secret {
        Secret::Rc4Key => ("GW2_RC4_KEY", &keys.rc4_key[..]),
        Secret::Seed => ("GW2_SEED", &keys.seed[..]),
        Secret::SharedSecret => ("GW2_SHARED_SECRET", &keys.shared[..]),
        Secret::SharedSecretStart => ("GW2_SHARED_SECRET", &keys.shared[..20]),
    };
    let id = match id {
        Id::ServerSeed => hex::encode(&keys.wire_seed),
        Id::ClientPublic => hex::encode(&keys.client_public),
        Id::Any => "*".to_owned(),
    };
    format!("{label} {id} {}", hex::encode(value))
}

#[cfg(test)]
mod tests {
    use super::{FORMS, Id, Secret, line};
    use crate::crypto::KeyExchange;
    use crate::rng::Rng;

    #[test]
    fn lengths_of_the_tokens() {
        let keys = KeyExchange::random(&mut Rng::new(1));
        for (secret, id) in FORMS {
            let line = line(&keys, secret, id);
            let tokens: Vec<_> = line.split(' ').collect();
            assert_eq!(tokens.len(), 3);
            assert_eq!(
                tokens[1].len(),
                match id {
                    Id::ServerSeed => 40,
                    Id::ClientPublic => 128,
                    Id::Any => 1,
                }
            );
            assert_eq!(
                tokens[2].len(),
                if secret == Secret::SharedSecret { 128 } else { 40 }
            );
        }
    }
}
