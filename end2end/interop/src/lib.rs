//! Nothing of its own: the tests beside it let clients that others wrote speak to Orrery, in Rust under `tests/`, in
//! JavaScript next to them. What they can do, anybody's client can.
