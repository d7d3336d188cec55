//! One test binary: the largest dependency is linked once.

mod read;
