//! The fields that docs and the contract name: the same in every installation.

use crate::plugin::Protocols;
use wireshark_ffi::{
    Base, FieldId, FieldKind, FieldSpec, FrameLink, Protocol, RegisterError, register_fields,
};

/// Declares a struct of fields and how each is registered.
macro_rules! fields {
    ($(#[$doc:meta])* $struct:ident { $($field:ident: $abbrev:literal, $name:literal, $kind:expr, $blurb:literal;)* }) => {
        $(#[$doc])*
        pub struct $struct { $(pub $field: FieldId,)* }

        impl $struct {
            fn register(protocol: Protocol) -> Result<Self, RegisterError> {
                let specs = [$(describe(FieldSpec::new($name, $abbrev, $kind).blurb($blurb)),)*];
                let mut ids = register_fields(protocol, &specs)?.into_iter();
                let mut next = || ids.next().ok_or(RegisterError::TooMany("fields"));
                Ok(Self { $($field: next()?,)* })
            }
        }
    };
}

const DEC: Base = Base::Dec;

fields! {
    /// Fields of login and game connections, whatever a message holds.
    Common {
        direction: "gw2.direction", "Direction", FieldKind::U8(DEC), "Which way the segment went";
        item: "gw2.message.item", "Message", FieldKind::None, "A message, whole or not, with all that belongs to it";
        opcode: "gw2.opcode", "Opcode", FieldKind::U16(Base::Hex), "What kind of message this is, under the client's build";
        message: "gw2.message", "Message", FieldKind::String, "The message's name in the schema; UNKNOWN without one";
        length: "gw2.message.length", "Length", FieldKind::U32(DEC), "Plaintext bytes of the message, opcode included";
        description: "gw2.message.description", "Meaning", FieldKind::String, "What the schema says of the message";
        evidence: "gw2.message.evidence", "Known from", FieldKind::String, "How the message's name and fields are known: captured, client, emulator or inferred";
        dispatch: "gw2.message.dispatch", "Dispatch type", FieldKind::U8(DEC), "How the client calls the message's handler";
        table: "gw2.message.table", "Table", FieldKind::String, "Which server's messages, and which way";
        schema: "gw2.schema", "Schema set", FieldKind::String, "The set of message tables that decoded the message";
        handshake_frame: "gw2.handshake.frame", "Handshake frame", FieldKind::None, "A frame in clear before encryption is on";
        handshake_type: "gw2.handshake.type", "Frame type", FieldKind::String, "What kind of handshake frame this is";
        build: "gw2.handshake.build", "Client build", FieldKind::U32(DEC), "The build of the game client";
        world: "gw2.handshake.world", "World", FieldKind::U32(DEC), "The world that the client enters";
        map: "gw2.handshake.map", "Map", FieldKind::U32(DEC), "The map that the client enters";
        player: "gw2.handshake.player", "Player", FieldKind::U32(DEC), "The player's id";
        account: "gw2.handshake.account", "Account", FieldKind::Guid, "The account's GUID";
        character: "gw2.handshake.character", "Character", FieldKind::Guid, "The character's GUID";
        client_seed: "gw2.handshake.client_seed", "Client seed", FieldKind::Bytes, "The client's Diffie-Hellman public value, little-endian; a key log can name the connection by it";
        server_seed: "gw2.handshake.server_seed", "Server seed", FieldKind::Bytes, "A random seed XOR the shared secret; a key log names the connection by it";
        key_source: "gw2.key.source", "Key from", FieldKind::String, "Where the key came from: file and line of the key log, or the capture itself";
        encrypted: "gw2.encrypted", "Encrypted", FieldKind::Bytes, "Payload for which there is no key";
        block: "gw2.block", "Block", FieldKind::None, "A frame of the server's stream, stored or compressed";
        compressed_size: "gw2.block.compressed_size", "Compressed size", FieldKind::U16(DEC), "Bytes of the compressed payload; 0 when it is stored";
        uncompressed_size: "gw2.block.uncompressed_size", "Uncompressed size", FieldKind::U16(DEC), "Bytes of the payload after decoding";
        codec: "gw2.block.codec", "Codec", FieldKind::String, "How the payload was coded";
        undecoded: "gw2.undecoded", "Undecoded", FieldKind::Bytes, "Plaintext that could not be decoded";
        session: "gw2.session", "Session", FieldKind::U32(DEC), "One number for the connections of one play session";
    }
}

fields! {
    /// Message fields that the schema does not name, by their type.
    Unnamed {
        u8: "gw2.field.u8", "u8", FieldKind::U8(DEC), "A number of 8 bits without a name";
        u16: "gw2.field.u16", "u16", FieldKind::U16(DEC), "A number of 16 bits without a name";
        u32: "gw2.field.u32", "u32", FieldKind::U32(DEC), "A number of 32 bits without a name";
        u64: "gw2.field.u64", "u64", FieldKind::U64(DEC), "A number of 64 bits without a name";
        varint: "gw2.field.varint", "varint", FieldKind::U32(DEC), "A number of one to five bytes without a name";
        f32: "gw2.field.f32", "f32", FieldKind::Float, "A single without a name";
        vec2: "gw2.field.vec2", "vec2", FieldKind::None, "Two singles without a name";
        vec2_x: "gw2.field.vec2.x", "x", FieldKind::Float, "";
        vec2_y: "gw2.field.vec2.y", "y", FieldKind::Float, "";
        vec3: "gw2.field.vec3", "vec3", FieldKind::None, "Three singles without a name";
        vec3_x: "gw2.field.vec3.x", "x", FieldKind::Float, "";
        vec3_y: "gw2.field.vec3.y", "y", FieldKind::Float, "";
        vec3_z: "gw2.field.vec3.z", "z", FieldKind::Float, "";
        vec4: "gw2.field.vec4", "vec4", FieldKind::None, "Four singles without a name";
        vec4_x: "gw2.field.vec4.x", "x", FieldKind::Float, "";
        vec4_y: "gw2.field.vec4.y", "y", FieldKind::Float, "";
        vec4_z: "gw2.field.vec4.z", "z", FieldKind::Float, "";
        vec4_w: "gw2.field.vec4.w", "w", FieldKind::Float, "";
        guid: "gw2.field.guid", "GUID", FieldKind::Guid, "A GUID without a name";
        address: "gw2.field.address", "Address", FieldKind::Ipv4, "The IPv4 address of a socket address without a name";
        address6: "gw2.field.address6", "Address", FieldKind::Ipv6, "The IPv6 address of a socket address without a name";
        port: "gw2.field.port", "Port", FieldKind::U16(DEC), "The port of a socket address without a name";
        string: "gw2.field.string", "string", FieldKind::String, "Text without a name";
        bytes: "gw2.field.bytes", "bytes", FieldKind::Bytes, "Bytes without a name";
        count: "gw2.field.count", "array", FieldKind::U32(DEC), "How many elements an array without a name has";
        present: "gw2.field.present", "optional", FieldKind::Bool, "Whether an optional block without a name is there";
    }
}

fields! {
    /// Fields of portal messages.
    Portal {
        message: "gw2.portal.message", "Message", FieldKind::None, "A message, with all that belongs to it";
        kind: "gw2.portal.kind", "Kind", FieldKind::U8(DEC), "Whether an answer is due, this is one, or neither";
        method: "gw2.portal.method", "Method", FieldKind::String, "The first word of the start line";
        path: "gw2.portal.path", "Path", FieldKind::String, "What is asked of which service; in an answer, that of its request";
        version: "gw2.portal.version", "Version", FieldKind::String, "The version of STS";
        reason: "gw2.portal.reason", "Reason", FieldKind::String, "The status in words";
        status: "gw2.portal.status", "Status", FieldKind::U16(DEC), "The status of an answer; 400 with error code 0 is a success";
        sequence: "gw2.portal.sequence", "Transaction", FieldKind::U32(DEC), "The Subject's id: ties answers to their request";
        timeout: "gw2.portal.timeout", "Time-out (ms)", FieldKind::U32(DEC), "How long the sender waits for an answer, in milliseconds";
        length: "gw2.portal.length", "Body length", FieldKind::U32(DEC), "Bytes of the body";
        part: "gw2.portal.part", "Part", FieldKind::U32(DEC), "The number of an answer among several to one request";
        is_final: "gw2.portal.final", "Final", FieldKind::Bool, "Whether no more answers follow";
        header: "gw2.portal.header", "Header", FieldKind::String, "A header line, with its full name";
        error: "gw2.portal.error", "Error", FieldKind::None, "What an answer says of success or failure";
        error_code: "gw2.portal.error.code", "Error code", FieldKind::U32(DEC), "0 is success";
        error_server: "gw2.portal.error.server", "Server", FieldKind::U32(DEC), "The server that says so";
        error_module: "gw2.portal.error.module", "Module", FieldKind::U32(DEC), "Its module";
        error_line: "gw2.portal.error.line", "Line", FieldKind::U32(DEC), "The line in its source";
        error_text: "gw2.portal.error.text", "Text", FieldKind::String, "The error in words";
        range_first: "gw2.portal.range.first", "First byte", FieldKind::U32(DEC), "Where a fragment begins in the whole content";
        range_last: "gw2.portal.range.last", "Last byte", FieldKind::U32(DEC), "Where a fragment ends in the whole content, inclusive";
        range_total: "gw2.portal.range.total", "Total", FieldKind::U32(DEC), "Bytes of the whole content";
        elements: "gw2.portal.elements", "Elements", FieldKind::None, "The elements of a body that hold text";
        xml: "gw2.portal.xml", "Element", FieldKind::String, "An element that is no field of its own: its name, = and its text";
        body: "gw2.portal.body", "Body", FieldKind::String, "What the message carries";
        response_in: "gw2.portal.response_in", "Response in", FieldKind::FrameNum(FrameLink::Response), "The frame of the last answer";
        response_to: "gw2.portal.response_to", "Response to", FieldKind::FrameNum(FrameLink::Request), "The frame of the request";
        time: "gw2.portal.time", "Time since request", FieldKind::RelativeTime, "How long the answer took";
    }
}

fields! {
    /// Fields of login's hand-off.
    Login {
        handoff_address: "gw2.login.handoff.address", "Game server address", FieldKind::Ipv4, "Where login sends the client";
        handoff_address6: "gw2.login.handoff.address6", "Game server address", FieldKind::Ipv6, "Where login sends the client";
        handoff_port: "gw2.login.handoff.port", "Game server port", FieldKind::U16(DEC), "Where login sends the client";
        game_frame: "gw2.login.handoff.game_frame", "Game connection begins in", FieldKind::FrameNum(FrameLink::Response), "The first frame of the game connection that this led to";
    }
}

fields! {
    /// Fields of game connections as a whole.
    Game {
        handoff_frame: "gw2.game.handoff_frame", "Announced in", FieldKind::FrameNum(FrameLink::Request), "The frame that sent the client here: of login, or of the game connection before";
        next_frame: "gw2.game.next_frame", "Next game connection begins in", FieldKind::FrameNum(FrameLink::Response), "The first frame of the game connection that this led to";
    }
}

fields! {
    /// Fields of exported records.
    Pdu {
        version: "gw2.pdu.version", "Version", FieldKind::U8(DEC), "The version of the format";
        protocol: "gw2.pdu.protocol", "Protocol", FieldKind::U8(DEC), "What the connection spoke";
        cover: "gw2.pdu.cover", "Hidden by", FieldKind::U8(DEC), "What hid the plaintext in the capture that this was exported from";
        build: "gw2.pdu.build", "Client build", FieldKind::U32(DEC), "The client build in the version frame";
        stream: "gw2.pdu.stream", "Stream", FieldKind::U32(DEC), "tcp.stream in the capture that this was exported from";
        set: "gw2.pdu.schema", "Schema set", FieldKind::String, "The set of message tables that decoded the connection when it was exported";
    }
}

/// All static fields.
pub struct Fields {
    pub common: Common,
    pub unnamed: Unnamed,
    pub portal: Portal,
    pub login: Login,
    pub game: Game,
    pub pdu: Pdu,
}

impl Fields {
    /// Registers them.
    pub fn register(protocols: &Protocols) -> Result<Self, RegisterError> {
        Ok(Self {
            common: Common::register(protocols.gw2)?,
            unnamed: Unnamed::register(protocols.gw2)?,
            portal: Portal::register(protocols.portal)?,
            login: Login::register(protocols.login)?,
            game: Game::register(protocols.game)?,
            pdu: Pdu::register(protocols.pdu)?,
        })
    }
}

/// Adds the texts of values that have some.
fn describe(spec: FieldSpec) -> FieldSpec {
    match spec.abbrev.as_ref() {
        "gw2.direction" => spec.strings([(0, "client to server"), (1, "server to client")]),
        "gw2.message.dispatch" => spec.strings([(0, "generic"), (1, "fast path")]),
        "gw2.pdu.protocol" => spec.strings([(0, "login"), (1, "game"), (2, "portal")]),
        "gw2.pdu.cover" => spec.strings([(0, "nothing"), (1, "RC4"), (2, "TLS")]),
        "gw2.portal.kind" => spec.strings([(0, "REQ"), (1, "RESP"), (2, "MSG")]),
        _ => spec,
    }
}
