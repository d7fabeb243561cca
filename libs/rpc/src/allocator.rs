//! The allocator of every program that serves: a booking or a watch is many small allocations on
//! many threads. It stands here because the program's own crate is built without optimisation (root
//! `Cargo.toml`), and would make each allocation a slow call.

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
