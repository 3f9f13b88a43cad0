//! Expert information: what a user should know of a packet.

use wireshark_ffi::{ExpertGroup, ExpertId, ExpertSpec, Protocol, RegisterError, Severity, register_experts};

macro_rules! experts {
    ($($field:ident: $abbrev:literal, $severity:ident, $group:ident, $summary:literal;)*) => {
        /// The expert items of the contract.
        pub struct Experts { $(pub $field: ExpertId,)* }

        impl Experts {
            /// Registers them.
            pub fn register(protocol: Protocol) -> Result<Self, RegisterError> {
                let specs = [$(ExpertSpec::new($abbrev, ExpertGroup::$group, Severity::$severity, $summary),)*];
                let mut ids = register_experts(protocol, &specs)?.into_iter();
                let mut next = || ids.next().ok_or(RegisterError::TooMany("expert items"));
                Ok(Self { $($field: next()?,)* })
            }
        }
    };
}

experts! {
    no_key: "gw2.expert.no_key", Warning, Decryption, "No key for this connection";
    bad_key: "gw2.expert.bad_key", Warning, Decryption, "The key does not decrypt this connection";
    unknown_opcode: "gw2.expert.unknown_opcode", Note, Undecoded, "No schema for this opcode";
    malformed: "gw2.expert.malformed", Error, Malformed, "Malformed message";
    limit: "gw2.expert.limit", Error, Malformed, "A count or length is over the schema's greatest";
    block: "gw2.expert.block", Error, Malformed, "The block does not decompress";
    gap: "gw2.expert.gap", Warning, Sequence, "Bytes are missing from the capture";
    resumed: "gw2.expert.resumed", Chat, Sequence, "Decoding resumes here";
    schema: "gw2.expert.schema", Note, Undecoded, "No schema set for this client build";
    portal: "gw2.expert.portal", Error, Malformed, "Portal message that cannot be parsed";
    pdu: "gw2.expert.pdu", Error, Malformed, "Exported record that cannot be read";
    unmatched: "gw2.expert.unmatched", Note, Sequence, "Answer to no open request";
    no_response: "gw2.expert.no_response", Note, Sequence, "The connection ended without an answer";
}
