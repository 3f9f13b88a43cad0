//! Registering fields, for good or for as long as they are wanted.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::ffi::{c_int, c_void};
use std::ptr;

use crate::field::Lookup;
use crate::text::{c_string, display_name, filter_name};
use crate::{FieldId, FieldSpec, FrameLink, Protocol, RegisterError, memory, routines, sys};

/// Registers fields that stay until Wireshark ends. Their numbers are in the order of the descriptions. Nothing is
/// registered when one of them is refused.
pub fn register_fields(protocol: Protocol, fields: &[FieldSpec]) -> Result<Vec<FieldId>, RegisterError> {
    routines::check_thread()?;
    check(fields)?;
    Ok(Table::register(protocol, fields)?.ids())
}

/// Fields that come and go, such as those that users name in files.
///
/// A field that is wanted again stays what it was: filters, columns and colours that refer to it go on. The memory behind a field that is gone is freed by Wireshark, when no packet shows it any more. A [`FieldId`] of such a
/// field then gives an error (a dissector bug), nothing worse.
#[derive(Default)]
pub struct FieldSet {
    fields: Vec<Dynamic>,
}

/// A field that can go alone: a table of one.
struct Dynamic {
    spec: FieldSpec,
    table: Table,
}

// SAFETY: the pointers are to memory of Wireshark's that only `register` and `clear` use, and these refuse to run
// anywhere but inside Wireshark's callbacks.
unsafe impl Send for FieldSet {}

impl FieldSet {
    /// Without any field yet.
    pub const fn new() -> Self {
        Self { fields: Vec::new() }
    }

    /// Registers these fields in place of those that were there. In `register`, `handoff`, a preference callback, or when
    /// a file is opened; never while a packet is dissected.
    pub fn register(
        &mut self,
        protocol: Protocol,
        fields: &[FieldSpec],
    ) -> Result<Vec<FieldId>, RegisterError> {
        routines::check_thread()?;
        let wanted: HashSet<&FieldSpec> = fields.iter().collect();
        let (kept, gone) = std::mem::take(&mut self.fields)
            .into_iter()
            .partition(|field| wanted.contains(&field.spec));
        self.fields = kept;
        for field in gone {
            field.table.deregister();
        }
        let mut known: HashMap<FieldSpec, FieldId> = self
            .fields
            .iter()
            .filter_map(|field| Some((field.spec.clone(), field.table.ids().pop()?)))
            .collect();
        let new: Vec<FieldSpec> = fields
            .iter()
            .filter(|spec| !known.contains_key(spec))
            .cloned()
            .collect();
        check(&new)?;
        for spec in new {
            let table = Table::register(protocol, std::slice::from_ref(&spec))?;
            known.extend(table.ids().pop().map(|id| (spec.clone(), id)));
            self.fields.push(Dynamic { spec, table });
        }
        let ids: Option<Vec<FieldId>> = fields.iter().map(|spec| known.get(spec).copied()).collect();
        ids.ok_or(RegisterError::TooMany("fields"))
    }
}

/// Wireshark refuses some of this with an abort: better to say no.
fn check(fields: &[FieldSpec]) -> Result<(), RegisterError> {
    let mut names = HashSet::new();
    for field in fields {
        display_name(&field.name)?;
        let name = filter_name(&field.abbrev)?;
        // SAFETY: a C string; Wireshark only looks.
        let taken = unsafe { !sys::proto_registrar_get_byname(name.as_ptr()).is_null() };
        if taken || !names.insert(&field.abbrev) {
            return Err(RegisterError::Duplicate(field.abbrev.to_string()));
        }
    }
    Ok(())
}

/// Fields as Wireshark holds them. All memory is GLib's, because Wireshark frees it when they are deregistered.
struct Table {
    protocol: Protocol,
    entries: *mut sys::hf_register_info,
    ids: *mut c_int,
    len: usize,
}

impl Table {
    fn register(protocol: Protocol, fields: &[FieldSpec]) -> Result<Self, RegisterError> {
        let count = c_int::try_from(fields.len()).map_err(|_| RegisterError::TooMany("fields"))?;
        let table = Self {
            protocol,
            entries: memory::array(fields.len()),
            ids: memory::array(fields.len()),
            len: fields.len(),
        };
        for (i, field) in fields.iter().enumerate() {
            // SAFETY: i is below the length that both arrays were made with; Wireshark wants -1 in a new id.
            unsafe {
                table.ids.add(i).write(-1);
                table.entries.add(i).write(sys::hf_register_info {
                    p_id: table.ids.add(i),
                    hfinfo: header(field)?,
                });
            }
        }
        // SAFETY: count entries, each complete, that live until deregistered. Names were checked.
        unsafe { sys::proto_register_field_array(protocol.raw(), table.entries, count) };
        Ok(table)
    }

    fn ids(&self) -> Vec<FieldId> {
        // SAFETY: len integers, all written by register().
        (0..self.len)
            .map(|i| FieldId(unsafe { self.ids.add(i).read() }))
            .collect()
    }

    fn deregister(self) {
        for id in self.ids() {
            // SAFETY: a field of this protocol that is registered: the table is consumed here.
            unsafe { sys::proto_deregister_field(self.protocol.raw(), id.raw()) };
        }
        // SAFETY: GLib memory; Wireshark frees it after the strings it points to. The ids were only for registration.
        unsafe {
            sys::proto_add_deregistered_data(self.entries.cast());
            sys::proto_add_deregistered_data(self.ids.cast());
        }
    }
}

fn header(field: &FieldSpec) -> Result<sys::header_field_info, RegisterError> {
    let name = display_name(&field.name)?;
    let abbrev = filter_name(&field.abbrev)?;
    let (strings, flag) = strings(field.kind.lookup(), &field.strings);
    let blurb = if field.blurb.is_empty() {
        ptr::null()
    } else {
        memory::string(&c_string(&field.blurb)).cast_const()
    };
    Ok(sys::header_field_info {
        name: memory::string(&name),
        abbrev: memory::string(&abbrev),
        type_: field.kind.ftype(),
        display: field.kind.display() | flag,
        strings,
        bitmask: field.kind.bitmask(),
        blurb,
        id: -1,
        parent: 0,
        ref_type: sys::HF_REF_TYPE_NONE,
        same_name_prev_id: -1,
        same_name_next: ptr::null_mut(),
    })
}

/// The table of texts, and what to add to the display to have it used.
fn strings(lookup: Lookup, texts: &[(u64, Cow<'static, str>)]) -> (*const c_void, c_int) {
    match lookup {
        Lookup::Frame(link) => {
            let kind = match link {
                FrameLink::Plain => sys::FT_FRAMENUM_NONE,
                FrameLink::Request => sys::FT_FRAMENUM_REQUEST,
                FrameLink::Response => sys::FT_FRAMENUM_RESPONSE,
            };
            (ptr::without_provenance(kind as usize), 0)
        }
        Lookup::None => (ptr::null(), 0),
        _ if texts.is_empty() => (ptr::null(), 0),
        Lookup::Bool => (true_false(texts).cast(), 0),
        Lookup::Val32 => (value_strings(texts).cast(), 0),
        Lookup::Val64 => (val64_strings(texts).cast(), sys::BASE_VAL64_STRING as c_int),
    }
}

fn true_false(texts: &[(u64, Cow<'static, str>)]) -> *const sys::true_false_string {
    let text = |truth: bool, default: &'static str| {
        let given = texts
            .iter()
            .find(|(value, _)| (*value != 0) == truth)
            .map(|(_, text)| text.as_ref());
        memory::string(&c_string(given.unwrap_or(default))).cast_const()
    };
    let pair: *mut sys::true_false_string = memory::array(1);
    // SAFETY: room for one, just made.
    unsafe {
        pair.write(sys::true_false_string {
            true_string: text(true, "True"),
            false_string: text(false, "False"),
        });
    }
    pair
}

fn value_strings(texts: &[(u64, Cow<'static, str>)]) -> *const sys::value_string {
    // One more than there are: a zeroed entry ends the table.
    let table: *mut sys::value_string = memory::array(texts.len().saturating_add(1));
    for (i, (value, text)) in texts.iter().enumerate() {
        // A negative value of a signed field comes as u64 too: its low 32 bits are what C compares.
        let entry = sys::value_string {
            value: *value as u32,
            strptr: memory::string(&c_string(text)),
        };
        // SAFETY: i is below the number of entries.
        unsafe { table.add(i).write(entry) };
    }
    table
}

fn val64_strings(texts: &[(u64, Cow<'static, str>)]) -> *const sys::val64_string {
    let table: *mut sys::val64_string = memory::array(texts.len().saturating_add(1));
    for (i, (value, text)) in texts.iter().enumerate() {
        let entry = sys::val64_string {
            value: *value,
            strptr: memory::string(&c_string(text)),
        };
        // SAFETY: i is below the number of entries.
        unsafe { table.add(i).write(entry) };
    }
    table
}
