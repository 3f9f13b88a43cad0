//! One direction's bytes as they come: in order, behind a gap, or late.
//!
//! Behind a gap parsing goes on at once, at the next start line. The parser as it was before the gap is kept, and so are the
//! bytes up to the message with which parsing came back: when the missing bytes come after all, as with a fast
//! retransmission, it reads them and what was lost with them. So a gap costs no waiting, and late bytes lose no message.

use std::collections::{BTreeMap, VecDeque};
use std::ops::ControlFlow;

use super::parser::{StsParser, Unit, UnitContent};

/// Of how many gaps late bytes are waited for; beyond it the oldest is forgotten.
const MAX_GAPS: usize = 16;

/// How many bytes are kept for one gap. A message and what may stand around it fit.
const MAX_KEPT: usize = 256 * 1024;

/// One direction.
#[derive(Debug, Default)]
pub(super) struct Incoming {
    pub(super) parser: Option<StsParser>,
    gaps: VecDeque<Gap>,
}

/// Bytes that are missing, and perhaps more of them before parsing came back.
#[derive(Debug)]
struct Gap {
    /// As it was before the first missing byte.
    parser: StsParser,
    /// What has come behind the first missing byte.
    pieces: BTreeMap<u64, Vec<u8>>,
    kept: usize,
    /// Where parsing came back; none as long as it has not.
    resumed: Option<u64>,
}

impl Incoming {
    /// Takes in bytes; says how many are missing before them.
    pub(super) fn segment(
        &mut self,
        offset: u64,
        bytes: &[u8],
        missing: &mut u64,
        sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let parser = self.parser.get_or_insert_with(|| StsParser::new(offset));
        *missing = offset.saturating_sub(parser.end());
        let mut resumed = None;
        let mut watched = |unit: Unit<'_>| {
            if matches!(unit.content, UnitContent::Message(_)) {
                resumed.get_or_insert(unit.offset);
            }
            sink(unit)
        };
        if *missing > 0 {
            if !self.gaps.back().is_some_and(Gap::is_open) {
                self.gaps.push_back(Gap::before(parser));
            }
            parser.gap(*missing, &mut watched)?;
        }
        let known = usize::try_from(parser.end().saturating_sub(offset)).unwrap_or(usize::MAX);
        parser.push(bytes.get(known..).unwrap_or_default(), &mut watched)?;
        if let Some(gap) = self.gaps.back_mut().filter(|gap| gap.is_open()) {
            gap.resumed = resumed;
        }
        self.late(offset, bytes, sink)
    }

    /// Has each gap take what it waits for.
    fn late(
        &mut self,
        offset: u64,
        bytes: &[u8],
        sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let mut flow = ControlFlow::Continue(());
        for gap in &mut self.gaps {
            if flow.is_continue() && gap.takes(offset, bytes.len()) {
                gap.keep(offset, bytes);
                flow = gap.read(sink);
            }
        }
        // All is there, and parsing has not come back elsewhere: then it goes on from here.
        let end = self.parser.as_ref().map(StsParser::end);
        let caught_up = |gap: &Gap| gap.is_open() && Some(gap.parser.end()) == end;
        if self.gaps.back().is_some_and(caught_up) {
            self.parser = self.gaps.pop_back().map(|gap| gap.parser);
        }
        self.gaps.retain(|gap| !gap.is_over());
        if self.gaps.len() > MAX_GAPS {
            self.gaps.pop_front();
        }
        flow
    }
}

impl Gap {
    fn before(parser: &StsParser) -> Self {
        Self {
            parser: parser.clone(),
            pieces: BTreeMap::new(),
            kept: 0,
            resumed: None,
        }
    }

    fn is_open(&self) -> bool {
        self.resumed.is_none()
    }

    fn is_over(&self) -> bool {
        self.kept > MAX_KEPT || self.resumed.is_some_and(|resumed| self.parser.end() >= resumed)
    }

    fn takes(&self, offset: u64, len: usize) -> bool {
        let end = offset.saturating_add(u64::try_from(len).unwrap_or(u64::MAX));
        end > self.parser.end() && self.resumed.is_none_or(|resumed| offset < resumed)
    }

    fn keep(&mut self, offset: u64, bytes: &[u8]) {
        self.kept = self.kept.saturating_add(bytes.len());
        if self.kept > MAX_KEPT {
            return;
        }
        let piece = self.pieces.entry(offset).or_default();
        if piece.len() < bytes.len() {
            *piece = bytes.to_vec();
        }
    }

    /// Reads as far as there is no hole. Bytes that are no message were handed out before, or are late themselves.
    fn read(&mut self, sink: &mut dyn FnMut(Unit<'_>) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut messages = |unit: Unit<'_>| match &unit.content {
            UnitContent::Skipped(skip) if !skip.is_malformed() => ControlFlow::Continue(()),
            _ => sink(unit),
        };
        while let Some(piece) = self.pieces.first_entry() {
            let end = self.parser.end();
            let Some(known) = end.checked_sub(*piece.key()) else {
                break;
            };
            let last = self.resumed.map(|resumed| resumed.saturating_sub(*piece.key()));
            let [known, last] =
                [known, last.unwrap_or(u64::MAX)].map(|at| usize::try_from(at).unwrap_or(usize::MAX));
            let bytes = piece.remove();
            let last = last.min(bytes.len());
            let new = bytes.get(known..last).unwrap_or_default();
            self.parser.push(new, &mut messages)?;
        }
        ControlFlow::Continue(())
    }
}
