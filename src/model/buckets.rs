//! Which of many numbers share a hash: half the memory of a map of texts, and one look instead of a search. Texts that
//! merely happen to have the same hash are the caller's to tell apart.

use std::hash::Hasher;

use rayon::prelude::*;
use rustc_hash::FxHasher;

/// The hash of a text, the same in every run.
pub fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

/// Numbers by the hash of what they stand for.
#[derive(Debug)]
pub struct Buckets {
    mask: u64,
    /// The numbers of bucket `b` are `entries[starts[b]..starts[b + 1]]`.
    starts: Vec<u32>,
    /// The upper half of the hash, and the number.
    entries: Vec<(u32, u32)>,
}

impl Default for Buckets {
    /// Of no numbers.
    fn default() -> Buckets {
        Buckets::new(&[])
    }
}

impl Buckets {
    /// Of these hashes, each with its number; several numbers may have one hash.
    pub fn new(hashes: &[(u64, u32)]) -> Buckets {
        let buckets = hashes.len().next_power_of_two();
        let mask = buckets as u64 - 1;
        let mut starts = vec![0u32; buckets + 1];
        for (hash, _) in hashes {
            starts[(hash & mask) as usize] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        // Each bucket is filled from its end, so that its start is left standing.
        let mut entries = vec![(0, 0); hashes.len()];
        for (hash, number) in hashes.iter().rev() {
            let start = &mut starts[(hash & mask) as usize];
            *start -= 1;
            entries[*start as usize] = ((hash >> 32) as u32, *number);
        }
        Buckets { mask, starts, entries }
    }

    /// The numbers that have this hash, in the order in which they were given.
    pub fn get(&self, hash: u64) -> impl Iterator<Item = u32> + '_ {
        let bucket = self.bucket((hash & self.mask) as usize);
        bucket.iter().filter(move |(upper, _)| *upper == (hash >> 32) as u32).map(|(_, number)| *number)
    }

    /// The numbers that share a hash with another, together.
    pub fn shared(&self) -> impl ParallelIterator<Item = Vec<u32>> + '_ {
        (0..self.starts.len() - 1).into_par_iter().flat_map_iter(|bucket| {
            let bucket = self.bucket(bucket);
            let mut of_bucket = if surely_distinct(bucket) { Vec::new() } else { bucket.to_vec() };
            of_bucket.sort_by_key(|(upper, _)| *upper);
            let shared = of_bucket.chunk_by(|a, b| a.0 == b.0).filter(|numbers| numbers.len() > 1);
            shared.map(|numbers| numbers.iter().map(|(_, number)| *number).collect()).collect::<Vec<Vec<u32>>>()
        })
    }

    fn bucket(&self, bucket: usize) -> &[(u32, u32)] {
        &self.entries[self.starts[bucket] as usize..self.starts[bucket + 1] as usize]
    }
}

/// Whether no two numbers of a bucket share a hash; of a bucket that is full of others it is not known.
fn surely_distinct(bucket: &[(u32, u32)]) -> bool {
    const FULL: usize = 8;
    let is_new = |(nth, (upper, _)): (usize, &(u32, u32))| bucket[..nth].iter().all(|(other, _)| other != upper);
    bucket.len() <= FULL && bucket.iter().enumerate().all(is_new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_found_by_their_hash_and_those_that_share_one_together() {
        let words = ["a", "b", "a", "c", "a", "b"];
        let hashes: Vec<(u64, u32)> = words.iter().zip(0..).map(|(word, number)| (hash(word), number)).collect();
        let buckets = Buckets::new(&hashes);
        assert_eq!(buckets.get(hash("a")).collect::<Vec<_>>(), [0, 2, 4]);
        assert_eq!(buckets.get(hash("c")).collect::<Vec<_>>(), [3]);
        assert_eq!(buckets.get(hash("d")).count(), 0);
        let mut shared: Vec<Vec<u32>> = buckets.shared().collect();
        shared.sort();
        assert_eq!(shared, [vec![0, 2, 4], vec![1, 5]]);
        assert_eq!(Buckets::new(&[]).get(1).count(), 0);
    }
}
