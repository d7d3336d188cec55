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

/// Hashes, each with its number.
pub type Hashes = Vec<(u64, u32)>;

/// Of these hashes those that may be there twice: most of the others are left out at the price of two looks at a table of
/// bits that a core's cache holds, where [`Buckets`] of all take many at memory.
pub fn perhaps_shared(hashes: &[&Hashes]) -> Hashes {
    /// So many bits for each hash: one in so many finds its bit taken by another.
    const BITS: usize = 8;
    let count: usize = hashes.iter().map(|hashes| hashes.len()).sum();
    let words = (count * BITS / u64::BITS as usize).next_power_of_two();
    let place = |hash: u64| ((hash >> u64::BITS.ilog2()) as usize & (words - 1), 1 << (hash % u64::from(u64::BITS)));
    let (mut once, mut twice) = (vec![0u64; words], vec![0u64; words]);
    for (hash, _) in hashes.iter().copied().flatten() {
        let (word, bit) = place(*hash);
        twice[word] |= once[word] & bit;
        once[word] |= bit;
    }
    let is_twice = |(hash, _): &&(u64, u32)| {
        let (word, bit) = place(*hash);
        twice[word] & bit != 0
    };
    hashes.iter().copied().flatten().filter(is_twice).copied().collect()
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
    /// Of these hashes, as several threads found them; several numbers may have one hash.
    pub fn new(hashes: &[&Hashes]) -> Buckets {
        let count: usize = hashes.iter().map(|hashes| hashes.len()).sum();
        let buckets = count.next_power_of_two();
        let mask = buckets as u64 - 1;
        let mut starts = vec![0u32; buckets + 1];
        for (hash, _) in hashes.iter().copied().flatten() {
            starts[(hash & mask) as usize] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        // Each bucket is filled from its end, so that its start is left standing.
        let mut entries = vec![(0, 0); count];
        for (hash, number) in hashes.iter().rev().flat_map(|hashes| hashes.iter().rev()) {
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
    fn of_many_hashes_those_that_are_there_twice_stay_and_most_others_go() {
        let of = |numbers: std::ops::Range<u32>| numbers.map(|number| (hash(&number.to_string()), number));
        let left = perhaps_shared(&[&of(0..10_000).collect(), &of(2_000..2_003).collect()]);
        for number in 2_000..2_003 {
            assert_eq!(left.iter().filter(|(_, left)| *left == number).count(), 2, "{number}");
        }
        assert!(left.len() < 2_000, "{} are left", left.len());
        assert_eq!(perhaps_shared(&[]), []);
    }

    #[test]
    fn numbers_are_found_by_their_hash_and_those_that_share_one_together() {
        let words = ["a", "b", "a", "c", "a", "b"];
        let hashes: Hashes = words.iter().zip(0..).map(|(word, number)| (hash(word), number)).collect();
        let buckets = Buckets::new(&[&hashes[..4].to_vec(), &hashes[4..].to_vec()]);
        assert_eq!(buckets.get(hash("a")).collect::<Vec<_>>(), [0, 2, 4]);
        assert_eq!(buckets.get(hash("c")).collect::<Vec<_>>(), [3]);
        assert_eq!(buckets.get(hash("d")).count(), 0);
        let mut shared: Vec<Vec<u32>> = buckets.shared().collect();
        shared.sort();
        assert_eq!(shared, [vec![0, 2, 4], vec![1, 5]]);
        assert_eq!(Buckets::default().get(1).count(), 0);
    }
}
