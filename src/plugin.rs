//! What is registered with Wireshark, and in which order.

use crate::connection::BinaryState;
use crate::dissectors::PortalState;
use crate::dissectors::{ANY, GAME, GAME_HEURISTIC, LOGIN, LOGIN_HEURISTIC, PDU, PORTAL, PORTAL_HEURISTIC};
use crate::environment;
use crate::experts::Experts;
use crate::fields::Fields;
use crate::prefs::Prefs;
use crate::taps::Taps;
use once_cell::sync::OnceCell;
use wireshark_ffi::{
    ConversationState, DissectorHandle, Protocol, RegisterError, SubtreeId, add_for_decode_as, add_heuristic,
    add_port_range_with_preference, find_dissector, on_file_close, on_file_open, on_secrets,
    register_dissector, register_subtrees,
};

/// Everything registered, by small numbers.
pub struct Plugin {
    pub protocols: Protocols,
    pub handles: Handles,
    pub fields: Fields,
    pub experts: Experts,
    pub subtrees: Subtrees,
    pub prefs: Prefs,
    pub taps: Taps,
    /// What is known of each login and game connection.
    pub binary: ConversationState<BinaryState>,
    /// What is known of each portal connection.
    pub portal: ConversationState<PortalState>,
}

/// The protocols.
pub struct Protocols {
    /// What the three have in common: fields, preferences, the filter `gw2`.
    pub gw2: Protocol,
    pub login: Protocol,
    pub portal: Protocol,
    pub game: Protocol,
    /// What was exported; around one of the three.
    pub pdu: Protocol,
}

/// Our dissectors, as Wireshark knows them.
pub struct Handles {
    pub any: DissectorHandle,
    pub login: DissectorHandle,
    pub portal: DissectorHandle,
    pub game: DissectorHandle,
}

/// Kinds of subtrees: Wireshark remembers which of them a user has open.
pub struct Subtrees {
    pub protocol: SubtreeId,
    pub handshake: SubtreeId,
    pub block: SubtreeId,
    pub message: SubtreeId,
    pub group: SubtreeId,
    pub element: SubtreeId,
    pub folded: SubtreeId,
    pub vector: SubtreeId,
    pub flags: SubtreeId,
    pub error: SubtreeId,
}

/// Wireshark's own dissectors that we hand things to.
pub struct Neighbours {
    pub tls: Option<DissectorHandle>,
    pub xml: Option<DissectorHandle>,
    pub json: Option<DissectorHandle>,
}

/// What a pcapng file calls our Decryption Secrets Block: the bytes `GW2K`.
const SECRETS_TYPE: u32 = 0x4757_324B;

static PLUGIN: OnceCell<Plugin> = OnceCell::new();
static NEIGHBOURS: OnceCell<Neighbours> = OnceCell::new();

/// What is registered; `None` before registration, when no packet comes.
pub fn plugin() -> Option<&'static Plugin> {
    PLUGIN.get()
}

/// The neighbours, once all dissectors are registered.
pub fn neighbours() -> Option<&'static Neighbours> {
    NEIGHBOURS.get()
}

/// Registers protocols, fields and preferences.
pub fn register() -> Result<(), RegisterError> {
    let protocols = Protocols {
        gw2: Protocol::register("Guild Wars 2", "GW2", "gw2").map_err(another_copy)?,
        login: Protocol::register("Guild Wars 2 Login Protocol", "GW2-Login", "gw2.login")?,
        portal: Protocol::register("Guild Wars 2 Portal Protocol", "GW2-Portal", "gw2.portal")?,
        game: Protocol::register("Guild Wars 2 Game Protocol", "GW2-Game", "gw2.game")?,
        pdu: Protocol::register("Guild Wars 2 Exported Record", "GW2-PDU", "gw2.pdu")?,
    };
    let [
        protocol,
        handshake,
        block,
        message,
        group,
        element,
        folded,
        vector,
        flags,
        error,
    ] = register_subtrees()?;
    let handles = Handles {
        any: register_dissector("gw2", protocols.gw2, &ANY)?,
        login: register_dissector("gw2.login", protocols.login, &LOGIN)?,
        portal: register_dissector("gw2.portal", protocols.portal, &PORTAL)?,
        game: register_dissector("gw2.game", protocols.game, &GAME)?,
    };
    // Called by its name only, by exported files.
    register_dissector("gw2.pdu", protocols.pdu, &PDU)?;
    let plugin = Plugin {
        handles,
        fields: Fields::register(&protocols)?,
        experts: Experts::register(protocols.gw2)?,
        subtrees: Subtrees {
            protocol,
            handshake,
            block,
            message,
            group,
            element,
            folded,
            vector,
            flags,
            error,
        },
        prefs: Prefs::register(protocols.gw2)?,
        taps: Taps::register(&protocols)?,
        binary: ConversationState::register(protocols.gw2)?,
        portal: ConversationState::register(protocols.portal)?,
        protocols,
    };
    let plugin = PLUGIN.get_or_init(|| plugin);
    environment::load(plugin);
    on_file_open(environment::file_opened);
    on_file_close(environment::file_closed);
    Ok(())
}

/// Wireshark loads two files of different names, and each of two plugin folders: only the first may register.
fn another_copy(error: RegisterError) -> RegisterError {
    match error {
        RegisterError::Duplicate(_) => RegisterError::Other(
            "another copy of this plugin is loaded already. Help, About Wireshark, Plugins lists where they are: \
             remove all but one"
                .to_owned(),
        ),
        other => other,
    }
}

/// Connects the dissectors to ports, to Decode As and to the heuristics, now that all are registered.
pub fn handoff() -> Result<(), RegisterError> {
    let Some(plugin) = plugin() else { return Ok(()) };
    NEIGHBOURS.get_or_init(|| Neighbours {
        tls: find_dissector("tls"),
        xml: find_dissector("xml"),
        json: find_dissector("json"),
    });
    // Where Wireshark hands none over, the key log file is the only source.
    on_secrets(SECRETS_TYPE, environment::capture_secrets)?;
    let (protocols, handles) = (&plugin.protocols, &plugin.handles);
    add_port_range_with_preference("tcp.port", "6112", handles.any)?;
    for handle in [handles.login, handles.portal, handles.game] {
        add_for_decode_as("tcp.port", handle)?;
    }
    let tcp = "tcp";
    let on = true;
    add_heuristic(
        tcp,
        "Guild Wars 2 Login over TCP",
        "gw2_login_tcp",
        protocols.login,
        &LOGIN_HEURISTIC,
        handles.login,
        on,
    )?;
    add_heuristic(
        tcp,
        "Guild Wars 2 Game over TCP",
        "gw2_game_tcp",
        protocols.game,
        &GAME_HEURISTIC,
        handles.game,
        on,
    )?;
    add_heuristic(
        tcp,
        "Guild Wars 2 Portal over TCP",
        "gw2_portal_tcp",
        protocols.portal,
        &PORTAL_HEURISTIC,
        handles.portal,
        on,
    )
}
