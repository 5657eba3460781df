//! Hostile input by the thousand: the files of a corpus, then what chance makes of them, always the same
//! from the same seed. In CI a short run; `HUIS_FUZZ_ROUNDS=1000000` for a long one, and
//! `HUIS_FUZZ_SEED` for another. An input that breaks its reader is kept in `target/fuzz`: once mended,
//! it goes into the corpus.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use crate::TestkitError;

/// Inputs of a run in CI.
const ROUNDS: u64 = 1_500;
/// The largest input, in bytes.
const LARGEST: usize = 64 * 1024;
/// What readers stumble on.
const WORDS: [&[u8]; 24] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\r\n",
    b"\"",
    b"'",
    b";",
    b",",
    b"\t",
    b"=",
    b"{",
    b"}",
    b"[[",
    b"]]",
    b"-1",
    b"99999999999999999999",
    b"1e999",
    b"NaN",
    b"31/02/2025",
    b"\xc3\x28",
    b"&amp;",
    b"<!DOCTYPE a [",
    b"{{",
    "\u{202e}\u{1f3f3}\u{200d}".as_bytes(),
];

/// What a run did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fuzzed {
    /// Files of the corpus.
    pub corpus: usize,
    /// Inputs made of them.
    pub rounds: u64,
    /// By how much the memory of the process grew at its highest, in KiB.
    pub grown_kib: u64,
}

/// Gives `reader` the corpus of a target (`fuzz/corpus/TARGET`), then inputs made of it, 64 KiB at most. The
/// reader may refuse; it may not panic, nor make the process grow by `most_mib` MiB.
pub fn fuzz(target: &str, most_mib: u64, reader: impl Fn(&[u8])) -> Result<Fuzzed, TestkitError> {
    let refused = |message| TestkitError::Refused { what: "fuzz", message };
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let corpus = corpus(&root.join("fuzz/corpus").join(target))?;
    if corpus.is_empty() {
        return Err(refused(format!("{target}: the corpus is empty")));
    }
    let number = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let rounds = number("HUIS_FUZZ_ROUNDS", ROUNDS);
    if rounds == 0 {
        return Err(refused(format!("{target}: no round is asked for")));
    }
    let mut chance = Chance(number("HUIS_FUZZ_SEED", 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let before = peak_kib();
    let made = (0..rounds).map(|_| mutated(&corpus, &mut chance));
    for (at, input) in corpus.iter().cloned().chain(made).enumerate() {
        if catch_unwind(AssertUnwindSafe(|| reader(&input))).is_err() {
            let kept = root.join("target/fuzz");
            let file = kept.join(format!("{target}-{at}"));
            let _ = fs::create_dir_all(&kept);
            let _ = fs::write(&file, &input);
            let kept = file.display();
            return Err(refused(format!("{target}: input {at} breaks its reader; kept in {kept}")));
        }
    }
    let grown_kib = peak_kib().saturating_sub(before);
    if grown_kib >= most_mib * 1024 {
        return Err(refused(format!("{target}: the process grew by {grown_kib} KiB")));
    }
    Ok(Fuzzed { corpus: corpus.len(), rounds, grown_kib })
}

fn corpus(folder: &Path) -> Result<Vec<Vec<u8>>, TestkitError> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(TestkitError::io("corpus"))?
        .flatten()
        .map(|entry| entry.path())
        .collect();
    paths.sort();
    let read = |path: &PathBuf| fs::read(path).map_err(TestkitError::io("corpus"));
    paths.iter().map(read).collect()
}

/// One file of the corpus after some changes.
fn mutated(corpus: &[Vec<u8>], chance: &mut Chance) -> Vec<u8> {
    let one =
        |chance: &mut Chance| corpus.get(chance.below(corpus.len())).cloned().unwrap_or_default();
    let mut out = one(chance);
    for _ in 0..=chance.below(6) {
        let at = chance.below(out.len() + 1);
        let to = (at + chance.below(64)).min(out.len());
        match chance.below(8) {
            0 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte ^= 1 << chance.below(8);
                }
            }
            1 => {
                if let Some(byte) = out.get_mut(at) {
                    *byte = chance.byte();
                }
            }
            2 => drop(out.drain(at..to)),
            3 => {
                let again: Vec<u8> = out.get(at..to).unwrap_or_default().to_vec();
                out.splice(at..at, again);
            }
            4 => {
                let word = WORDS.get(chance.below(WORDS.len())).copied().unwrap_or_default();
                out.splice(at..at, word.iter().copied());
            }
            5 => {
                // The end of another file.
                let other = one(chance);
                let from = chance.below(other.len() + 1);
                out.truncate(at);
                out.extend(other.get(from..).unwrap_or_default());
            }
            6 => {
                // The same thing over and over.
                let word: Vec<u8> = out.get(at..to).unwrap_or_default().to_vec();
                let times = chance.below(200);
                out.splice(at..at, word.iter().copied().cycle().take(word.len() * times));
            }
            _ => out.truncate(at),
        }
        out.truncate(LARGEST);
    }
    out
}

/// The highest that the memory of this process has been, in KiB (Linux; elsewhere 0).
fn peak_kib() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// A chance that is the same each time (xorshift).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, most: usize) -> usize {
        let most = u64::try_from(most).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.next() % most).unwrap_or(0)
    }
    fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[0]
    }
}
