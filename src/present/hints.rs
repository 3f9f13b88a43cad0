//! Values as people read them, by the hints of the schema.

use gw2_protocol::schema::{Field, FieldType, Hint, NamedValue, POSITION_UNITS, TICK_MILLISECONDS, ValueSet};
use std::fmt::Write;

/// Writes what follows an integer. `told`: the names of its values are shown already.
pub fn write_integer(text: &mut String, field: &Field, hint: &Hint, value: u64, told: bool) {
    // Writing to a string cannot fail.
    let _ = match hint {
        Hint::Hex => write!(text, " (0x{value:0width$x})", width = hex_digits(&field.ty)),
        Hint::Id(kind) => {
            let name = field.name.as_deref().unwrap_or_default();
            match kind.word() {
                // `agent_id` says already what it is.
                word if word.is_empty() || name.contains(word) => write!(text, " (0x{value:x})"),
                word => write!(text, " ({word} 0x{value:x})"),
            }
        }
        Hint::Ticks => write_time(text, value.saturating_mul(u64::from(TICK_MILLISECONDS))),
        Hint::Milliseconds => write_time(text, value),
        Hint::Seconds => write_time(text, value.saturating_mul(1000)),
        Hint::Values(set) => write_values(text, set, value, told, hex_digits(&field.ty)),
        Hint::Angle | Hint::Position => Ok(()),
    };
}

/// Writes what follows a single.
pub fn write_float(text: &mut String, hint: &Hint, value: f32) {
    let _ = match hint {
        Hint::Angle => write!(text, " ({:.1}°)", f64::from(value).to_degrees()),
        Hint::Milliseconds => write!(text, " ms"),
        Hint::Seconds => write!(text, " s"),
        _ => Ok(()),
    };
}

/// Writes a vector with three decimals, and a place in game units too.
pub fn write_vector(text: &mut String, components: &[f32], hint: Option<&Hint>) {
    write_components(text, components.iter().copied(), 3);
    if matches!(hint, Some(Hint::Position)) {
        text.push_str(", in game units ");
        // What a fourth component means is not known.
        let place = components.iter().take(3);
        write_components(text, place.map(|component| component * POSITION_UNITS), 0);
    }
}

fn write_components(text: &mut String, components: impl Iterator<Item = f32>, decimals: usize) {
    for (number, component) in components.enumerate() {
        text.push_str(if number == 0 { "(" } else { ", " });
        match decimals {
            0 => {
                let _ = write!(text, "{component:.0}");
            }
            _ => push_thousandths(text, component),
        }
    }
    text.push(')');
}

fn write_values(
    text: &mut String,
    set: &ValueSet,
    value: u64,
    told: bool,
    digits: usize,
) -> std::fmt::Result {
    let number = u32::try_from(value).unwrap_or(u32::MAX);
    if !set.flags {
        return match set.label(number) {
            Some(label) if !told => write!(text, " ({label})"),
            _ => Ok(()),
        };
    }
    write!(text, " (0x{value:0digits$x}")?;
    for (place, label) in set.set_in(number).map(NamedValue::label).enumerate() {
        write!(text, "{}{label}", if place == 0 { ": " } else { ", " })?;
    }
    write!(text, ")")
}

/// ` (1:02:03.004)`: hours, minutes, seconds.
fn write_time(text: &mut String, milliseconds: u64) -> std::fmt::Result {
    let (seconds, milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    write!(text, " ({hours}:{minutes:02}:{seconds:02}.{milliseconds:03})")
}

/// How many digits a number of this type has in base 16; 1 where its size says nothing.
fn hex_digits(ty: &FieldType) -> usize {
    match ty {
        FieldType::U8 => 2,
        FieldType::U16 => 4,
        FieldType::U32 { .. } => 8,
        FieldType::U64 { .. } => 16,
        _ => 1,
    }
}

/// Writes a single with three decimals. The formatter of the standard library is exact for any number, and
/// several times as slow for those that occur.
fn push_thousandths(text: &mut String, number: f32) {
    let thousandths = (f64::from(number) * 1000.0).round();
    // Writing to a string cannot fail.
    let _ = if thousandths.abs() < 1e15 {
        let sign = if thousandths < 0.0 { "-" } else { "" };
        let whole = thousandths.abs() as u64;
        write!(text, "{sign}{}.{:03}", whole / 1000, whole % 1000)
    } else {
        write!(text, "{number:.3}")
    };
}
