//! Expert information: what is wrong or worth knowing, shown in the packet and in Analyze → Expert Information.

use std::borrow::Cow;
use std::collections::HashMap;
use std::ffi::c_int;
use std::sync::Mutex;

use crate::text::{display_name, filter_name};
use crate::{Protocol, RegisterError, memory, routines, sys};

/// A registered expert item.
#[derive(Debug, Clone, Copy)]
pub struct ExpertId(sys::expert_field);

impl ExpertId {
    pub(crate) fn raw(self) -> sys::expert_field {
        self.0
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Usual workflow.
    Chat,
    /// Notable.
    Note,
    /// Unusual.
    Warning,
    /// A serious problem, such as a malformed packet.
    Error,
}

/// What it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpertGroup {
    /// Order, loss, retransmission.
    Sequence,
    /// An answer's code.
    ResponseCode,
    /// A request's code.
    RequestCode,
    /// Not decoded.
    Undecoded,
    /// Reassembly.
    Reassemble,
    /// Against the format.
    Malformed,
    /// Debugging.
    Debug,
    /// Against the protocol.
    Protocol,
    /// Security.
    Security,
    /// Decryption.
    Decryption,
    /// Something was assumed.
    Assumption,
}

/// An expert item to register.
#[derive(Debug, Clone)]
pub struct ExpertSpec {
    /// The name in filters: `gw2.expert.gap`.
    pub abbrev: Cow<'static, str>,
    /// What it is about.
    pub group: ExpertGroup,
    /// How bad it is.
    pub severity: Severity,
    /// The text, where none is given for a packet.
    pub summary: Cow<'static, str>,
}

impl ExpertSpec {
    /// All four at once.
    pub fn new(
        abbrev: impl Into<Cow<'static, str>>,
        group: ExpertGroup,
        severity: Severity,
        summary: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            abbrev: abbrev.into(),
            group,
            severity,
            summary: summary.into(),
        }
    }
}

/// Registers expert items; their ids are in the order of the descriptions.
pub fn register_experts(protocol: Protocol, specs: &[ExpertSpec]) -> Result<Vec<ExpertId>, RegisterError> {
    routines::check_thread()?;
    let count = c_int::try_from(specs.len()).map_err(|_| RegisterError::TooMany("expert items"))?;
    let entries: *mut sys::ei_register_info = memory::array(specs.len());
    let fields: *mut sys::expert_field = memory::array(specs.len());
    for (i, spec) in specs.iter().enumerate() {
        let abbrev = filter_name(&spec.abbrev)?;
        // SAFETY: a C string; Wireshark only looks.
        if unsafe { !sys::proto_registrar_get_byname(abbrev.as_ptr()).is_null() } {
            return Err(RegisterError::Duplicate(spec.abbrev.to_string()));
        }
        let summary = display_name(&spec.summary)?;
        // SAFETY: i is below the length of both arrays. The entries are zeroed, which is what the part that Wireshark fills
        // in starts as.
        unsafe {
            let field = fields.add(i);
            field.write(sys::expert_field { ei: -1, hf: -1 });
            let entry = entries.add(i);
            (*entry).ids = field;
            (*entry).eiinfo.name = memory::string(&abbrev);
            (*entry).eiinfo.group = spec.group.raw();
            (*entry).eiinfo.severity = spec.severity.raw();
            (*entry).eiinfo.summary = memory::string(&summary);
            (*entry).eiinfo.hf_info.hfinfo.id = -1;
            (*entry).eiinfo.hf_info.hfinfo.same_name_prev_id = -1;
        }
    }
    // SAFETY: count complete entries that are never freed.
    unsafe { sys::expert_register_field_array(module(protocol), entries, count) };
    // SAFETY: as many ids as there are specs, written above and by Wireshark.
    Ok((0..specs.len())
        .map(|i| ExpertId(unsafe { fields.add(i).read() }))
        .collect())
}

/// Wireshark wants one module for each protocol.
fn module(protocol: Protocol) -> *mut sys::expert_module_t {
    static MODULES: Mutex<Option<HashMap<Protocol, usize>>> = Mutex::new(None);
    // SAFETY: a registered protocol.
    let register = || unsafe { sys::expert_register_protocol(protocol.raw()) };
    match MODULES.lock() {
        Ok(mut modules) => {
            let address = *modules
                .get_or_insert_default()
                .entry(protocol)
                .or_insert_with(|| register().expose_provenance());
            std::ptr::with_exposed_provenance_mut(address)
        }
        Err(_) => register(),
    }
}

/// The item that a panic shows as, `<filter>.expert.dissector_bug` of the first protocol.
pub(crate) fn register_bug_field() -> Result<(), RegisterError> {
    let Some((protocol, filter)) = Protocol::first() else {
        return Ok(());
    };
    let spec = ExpertSpec::new(
        format!("{filter}.expert.dissector_bug"),
        ExpertGroup::Debug,
        Severity::Error,
        "Bug in this dissector; the rest of the packet is shown as bytes",
    );
    if let Some(id) = register_experts(protocol, &[spec])?.first() {
        let field = id.raw();
        // SAFETY: the shim copies it.
        unsafe { sys::wsffi_set_bug_expert(&raw const field) };
    }
    Ok(())
}

impl Severity {
    fn raw(self) -> c_int {
        let raw = match self {
            Self::Chat => sys::PI_CHAT,
            Self::Note => sys::PI_NOTE,
            Self::Warning => sys::PI_WARN,
            Self::Error => sys::PI_ERROR,
        };
        raw as c_int
    }
}

impl ExpertGroup {
    fn raw(self) -> c_int {
        let raw = match self {
            Self::Sequence => sys::PI_SEQUENCE,
            Self::ResponseCode => sys::PI_RESPONSE_CODE,
            Self::RequestCode => sys::PI_REQUEST_CODE,
            Self::Undecoded => sys::PI_UNDECODED,
            Self::Reassemble => sys::PI_REASSEMBLE,
            Self::Malformed => sys::PI_MALFORMED,
            Self::Debug => sys::PI_DEBUG,
            Self::Protocol => sys::PI_PROTOCOL,
            Self::Security => sys::PI_SECURITY,
            Self::Decryption => sys::PI_DECRYPTION,
            Self::Assumption => sys::PI_ASSUMPTION,
        };
        raw as c_int
    }
}
