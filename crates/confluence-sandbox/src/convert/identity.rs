//! Identifiers that follow from what they identify, so that the same content keeps them.

/// The parameters of the 128 bit FNV-1a hash.
const OFFSET_BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A UUID made from the content; `count` tells equal contents apart.
pub(super) fn uuid(content: &str, count: usize) -> String {
    let bytes = content.bytes().chain(count.to_le_bytes());
    let hash = bytes.fold(OFFSET_BASIS, |hash, byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME));
    let version = hash & !(0xf << 76) | 0x8 << 76;
    let hex = format!("{:032x}", version & !(0x3 << 62) | 0x2 << 62);
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}
