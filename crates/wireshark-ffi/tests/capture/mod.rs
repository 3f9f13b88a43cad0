//! A pcap file of one TCP connection, made by hand.

/// Ports and addresses are the same for all: 10.0.0.1:50000 talks to 10.0.0.2.
pub struct Capture(Vec<u8>);

const CLIENT: u16 = 50000;
const SYN: u8 = 0x02;
const ACK: u8 = 0x10;
const PSH: u8 = 0x08;
/// Not zero: so that relative and absolute sequence numbers differ.
const CLIENT_ISN: u32 = 0xffff_fffe;
const SERVER_ISN: u32 = 5000;

impl Capture {
    /// A handshake, then one segment from the client for each payload.
    pub fn tcp(port: u16, payloads: &[&[u8]]) -> Self {
        let mut file = Vec::new();
        for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 65535, 1] {
            file.extend(word.to_le_bytes());
        }
        Self(file).and_tcp(port, payloads)
    }

    /// Another connection after the first.
    pub fn and_tcp(self, port: u16, payloads: &[&[u8]]) -> Self {
        let mut capture = self;
        let mut seq = CLIENT_ISN.wrapping_add(1);
        let ack = SERVER_ISN + 1;
        capture.segment(true, port, CLIENT_ISN, 0, SYN, &[]);
        capture.segment(false, port, SERVER_ISN, seq, SYN | ACK, &[]);
        capture.segment(true, port, seq, ack, ACK, &[]);
        for payload in payloads {
            capture.segment(true, port, seq, ack, PSH | ACK, payload);
            seq = seq.wrapping_add(payload.len() as u32);
        }
        capture
    }

    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn segment(&mut self, from_client: bool, port: u16, seq: u32, ack: u32, flags: u8, payload: &[u8]) {
        let (client, server) = ([10, 0, 0, 1], [10, 0, 0, 2]);
        let (src, dst, sport, dport) = if from_client {
            (client, server, CLIENT, port)
        } else {
            (server, client, port, CLIENT)
        };
        let mut frame = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        let total = 40 + payload.len() as u16;
        frame.extend([0x45, 0]);
        frame.extend(total.to_be_bytes());
        frame.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
        frame.extend(src);
        frame.extend(dst);
        frame.extend(sport.to_be_bytes());
        frame.extend(dport.to_be_bytes());
        frame.extend(seq.to_be_bytes());
        frame.extend(ack.to_be_bytes());
        frame.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
        frame.extend(payload);
        let number = self.0.len() as u32;
        for word in [
            1_700_000_000,
            number % 1_000_000,
            frame.len() as u32,
            frame.len() as u32,
        ] {
            self.0.extend(word.to_le_bytes());
        }
        self.0.extend(frame);
    }
}
