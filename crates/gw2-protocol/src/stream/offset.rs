//! From sequence numbers to offsets in a stream.

/// Follows a 32-bit sequence number over its wrap-arounds.
#[derive(Clone, Copy, Debug, Default)]
pub struct StreamOffset {
    /// The end of the furthest segment so far.
    end: u64,
}

impl StreamOffset {
    /// The full offset of a segment, the one nearest to what is expected.
    pub fn unwrap(&mut self, low: Option<u32>, len: usize) -> u64 {
        const HALF: u64 = 1 << 31;
        let offset = match low {
            None => self.end,
            Some(low) => {
                let base = self.end & !0xffff_ffff;
                let same = base | u64::from(low);
                if same.saturating_add(HALF) < self.end {
                    same.saturating_add(1 << 32)
                } else if same > self.end.saturating_add(HALF) && base > 0 {
                    same.saturating_sub(1 << 32)
                } else {
                    same
                }
            }
        };
        self.end = self.end.max(offset.saturating_add(len as u64));
        offset
    }
}

#[cfg(test)]
mod tests {
    use super::StreamOffset;

    #[test]
    fn a_sequence_number_that_wraps_around_goes_on() {
        let mut offset = StreamOffset::default();
        assert_eq!(offset.unwrap(Some(0), 10), 0);
        assert_eq!(offset.unwrap(Some(0x7fff_ffff), 1), 0x7fff_ffff);
        assert_eq!(offset.unwrap(Some(0xffff_fff0), 0x10), 0xffff_fff0);
        assert_eq!(offset.unwrap(Some(0), 8), 0x1_0000_0000);
        assert_eq!(offset.unwrap(Some(0xffff_fff0), 0x10), 0xffff_fff0, "sent again");
        assert_eq!(offset.unwrap(Some(8), 1), 0x1_0000_0008);
    }

    #[test]
    fn without_sequence_numbers_segments_follow_each_other() {
        let mut offset = StreamOffset::default();
        assert_eq!(offset.unwrap(None, 10), 0);
        assert_eq!(offset.unwrap(None, 5), 10);
    }
}
