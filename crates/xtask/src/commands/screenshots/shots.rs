//! The pictures: what Wireshark is started with, and what is done in it.

use super::gui::DETAILS;

/// A picture of docs/images.
pub struct Shot {
    /// Its file's name, without `.png`.
    pub name: &'static str,
    pub capture: Sample,
    /// What Wireshark is told besides.
    pub arguments: &'static [&'static str],
    /// How many pixels of the main window are the packet list's.
    pub list: u16,
    /// What is done once the capture is open. The picture is of the window that is in front then.
    pub steps: &'static [Step],
    /// The first Wireshark version that has what it shows.
    pub since: (u16, u16),
}

/// A capture to open.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sample {
    /// The session of `cargo xtask demo`, with its keys.
    Demo,
    /// A day of 50 sessions.
    Day,
    /// Connections with a gap, an unknown opcode, and without a key.
    Trouble,
}

/// Something that a user does.
pub enum Step {
    /// Presses keys one after the other, by their names in X.
    Press(&'static str),
    /// Goes down so many items.
    Down(usize),
    /// Types a text.
    Type(&'static str),
    /// Clicks somewhere in the window in front.
    Click((u16, u16)),
    /// Waits for a dialog and makes it as large as what matters: what its title begins with behind `Wireshark · `, as
    /// a regular expression, and the size.
    Dialog(&'static str, (u16, u16)),
}

use Step::{Click, Dialog, Down, Press, Type};

const DEFAULT: Shot = Shot {
    name: "",
    capture: Sample::Demo,
    arguments: &[],
    list: 330,
    steps: &[],
    since: (4, 0),
};

/// Every picture of docs/images.
pub const SHOTS: &[Shot] = &[
    Shot {
        name: "wireshark",
        arguments: &["-Y", "gw2", "-g", "49"],
        steps: &[Click(DETAILS), Down(5), Press("shift+Right"), Down(12)],
        ..DEFAULT
    },
    Shot {
        name: "message",
        arguments: &["-Y", "gw2", "-g", "122"],
        list: 90,
        steps: &[Click(DETAILS), Down(5), Press("shift+Right"), Down(25)],
        ..DEFAULT
    },
    Shot {
        name: "handoff",
        arguments: &["-Y", "gw2", "-g", "33"],
        list: 90,
        steps: &[Click(DETAILS), Down(5), Press("shift+Right"), Down(34)],
        ..DEFAULT
    },
    Shot {
        name: "schema-folder",
        arguments: &[
            "-Y",
            "gw2",
            "-g",
            "109",
            "-o",
            "gw2.schema_dir:examples/names-2026",
        ],
        steps: &[Click(DETAILS), Down(5), Press("shift+Right"), Down(9)],
        ..DEFAULT
    },
    Shot {
        name: "follow",
        arguments: &["-g", "16"],
        steps: &[
            Press("alt+a"),
            Press("Up Up Right"),
            Press("Return"),
            Dialog("Follow GW2-Portal", (960, 640)),
        ],
        since: (4, 4),
        ..DEFAULT
    },
    Shot {
        name: "messages",
        steps: &[
            Press("alt+s"),
            Press("Up Right"),
            Press("Return"),
            Dialog("(GW2 / )?Messages", (900, 560)),
        ],
        ..DEFAULT
    },
    Shot {
        name: "portal",
        steps: &[
            Press("alt+s"),
            Press("Up Right"),
            Press("Down Return"),
            Dialog("(GW2 / )?Portal", (760, 400)),
        ],
        ..DEFAULT
    },
    Shot {
        name: "sessions",
        capture: Sample::Day,
        steps: &[
            Press("alt+s"),
            Press("Up Right"),
            Press("Down Down Return"),
            Dialog("(GW2 / )?Sessions", (1080, 560)),
            // Sorts by the first column, so that sessions are in order.
            Click((100, 22)),
        ],
        ..DEFAULT
    },
    Shot {
        name: "response-times",
        arguments: &["-z", "gw2.portal,srt"],
        steps: &[Dialog("GW2-Portal Service Response Time", (760, 300))],
        ..DEFAULT
    },
    Shot {
        name: "export-objects",
        steps: &[
            Press("alt+f"),
            Press("Up Up Up Right"),
            Press("Down Down Return"),
            Dialog("Export", (760, 420)),
        ],
        ..DEFAULT
    },
    Shot {
        name: "expert",
        capture: Sample::Trouble,
        arguments: &["-z", "expert", "-Y", "gw2"],
        steps: &[Dialog("Expert Information", (1100, 420))],
        ..DEFAULT
    },
    Shot {
        name: "io-graph",
        arguments: &["-z", "io,stat"],
        steps: &[Dialog("I/O Graph", (960, 620))],
        ..DEFAULT
    },
    Shot {
        name: "preferences",
        steps: &[
            Press("ctrl+shift+p"),
            Dialog("Preferences", (760, 480)),
            Type("Protocols"),
            Press("Right"),
            Type("GW2"),
        ],
        ..DEFAULT
    },
];
