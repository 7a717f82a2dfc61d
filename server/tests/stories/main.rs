//! Stories: what people, programs and vandals do, over real sockets against a real server on a free port.

mod chat;
mod connect;
mod cursor;
mod drain;
mod presence;
#[expect(unreachable_pub, reason = "shared with the benches, which see it from outside")]
mod stage;
mod stall;
mod vandal;
mod web;
