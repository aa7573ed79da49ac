//! The Merkle tree of RFC 6962 section 2.1 over SHA-256: leaves and nodes are hashed apart, so that no node passes for a leaf.

use crate::bundle::Hash;
use alloc::vec::Vec;
use sha2::{Digest as _, Sha256};

/// A tree that grows leaf by leaf: of what is complete only the roots are kept, with their heights, the highest first.
#[derive(Default)]
pub struct Tree {
    complete: Vec<(u32, [u8; 32])>,
}

impl Tree {
    /// Adds a leaf after the last one.
    pub fn push(&mut self, leaf: &[u8]) {
        let (mut height, mut node) = (0, Sha256::new().chain_update([0]).chain_update(leaf).finalize().into());
        while let Some((_, left)) = self.complete.pop_if(|(own, _)| *own == height) {
            (height, node) = (height + 1, branch(&left, &node));
        }
        self.complete.push((height, node));
    }

    /// The root; of no leaves the SHA-256 of nothing.
    pub fn root(&self) -> Hash {
        let nodes = self.complete.iter().rev().map(|(_, node)| *node);
        // Every left side is a full power of two, as the RFC has it.
        nodes.reduce(|right, left| branch(&left, &right)).map_or_else(|| Hash::of(&[]), Hash::from_bytes)
    }
}

fn branch(left: &[u8; 32], right: &[u8; 32]) -> [u8; 32] {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over leaves in their order; of none the SHA-256 of nothing.
pub fn root<L: AsRef<[u8]>>(leaves: &[L]) -> Hash {
    let mut tree = Tree::default();
    leaves.iter().for_each(|leaf| tree.push(leaf.as_ref()));
    tree.root()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    /// Inputs and roots of the reference implementation of RFC 6962.
    #[test]
    fn the_roots_of_the_reference_come_out() {
        let leaves: [&[u8]; 8] = [
            b"",
            &[0],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        for (n, expected) in [
            (0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (1, "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
            (2, "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
            (3, "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
            (5, "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
            (8, "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"),
        ] {
            assert_eq!(root(&leaves[..n]).to_string(), expected, "{n}");
        }
    }
}
