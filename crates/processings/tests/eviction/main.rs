//! The processings: by examples, by properties, and the calculators.

// Every module is tests: `cfg(test)` tells the lints so.
#[cfg(test)]
mod calc;
#[cfg(test)]
mod calc_indemnity;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod common;
#[cfg(test)]
mod indemnity;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod requests;
