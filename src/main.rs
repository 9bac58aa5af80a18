//! The program: all it does is in the library's room `cli`.
use std::process::ExitCode;

fn main() -> ExitCode {
    landline::cli::main()
}
