//! Mustache engines of crates.io: `peers ENGINE DATA`; the protocol is in ../../README.md.

mod horns;
mod rust_mustache;

use std::io::{BufRead, Write};
use std::time::Instant;

/// A call gives the text, or nothing when it only compiles.
pub type Call = Box<dyn FnMut() -> String>;

pub struct Engine {
    pub version: &'static str,
    pub cases: Vec<(&'static str, Call)>,
}

pub fn read(path: String) -> String {
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"))
}

fn run(call: &mut Call, seconds: f64) -> String {
    let start = Instant::now();
    let (mut count, mut bytes) = (0u64, 0usize);
    while start.elapsed().as_secs_f64() < seconds {
        for _ in 0..8 {
            bytes += std::hint::black_box(call()).len();
        }
        count += 8;
    }
    std::hint::black_box(bytes);
    format!("{count} {}", start.elapsed().as_secs_f64())
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let mut engine = match args[1].as_str() {
        "ramhorns" => horns::engine(&args[2]),
        "rust-mustache" => rust_mustache::engine(&args[2]),
        other => panic!("no engine {other}"),
    };
    let names: Vec<_> = engine.cases.iter().map(|c| c.0).collect();
    println!("ready {} {}", engine.version, names.join(" "));
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let words: Vec<_> = line.split(' ').collect();
        if words[0] == "run" {
            let case = engine.cases.iter_mut().find(|c| c.0 == words[1]).unwrap();
            println!("{}", run(&mut case.1, words[2].parse().unwrap()));
        } else {
            std::fs::write(words[1], engine.cases[0].1()).unwrap();
            println!("ok");
        }
        std::io::stdout().flush().unwrap();
    }
}
