//! Which replicas there will be: their names and addresses, from the command line and from the variables that a replica
//! reads too. Starts nothing.

use std::{
    fmt::Write,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
};

use anyhow::{Context, bail};

/// Where nothing else is asked for.
const REPLICAS: u8 = 2;
/// There is a letter for each.
const MOST: u8 = 26;
/// 3000 is the port of `cargo xtask run`, which may run besides.
const FIRST_PORT: u16 = 3001;

/// What was asked for.
#[derive(Debug)]
pub(super) struct Plan {
    replicas: Vec<Replica>,
}

/// One of them.
#[derive(Debug)]
pub(super) struct Replica {
    /// `node-a`, `node-b` and so on: its `INSTANCE_ID`, and how its lines begin.
    pub(super) name: String,
    /// Where it listens.
    pub(super) address: SocketAddr,
}

impl Plan {
    /// Reads the flags, `HOST`, and `PORT`, which names the first port.
    ///
    /// # Errors
    /// When one of them says something else than it may.
    pub(super) fn new(args: &[String], variable: &dyn Fn(&str) -> Option<String>) -> anyhow::Result<Self> {
        let set = |name| variable(name).filter(|value| !value.is_empty());
        let host = set("HOST").map_or(Ok(IpAddr::V4(Ipv4Addr::LOCALHOST)), |host| {
            host.parse()
                .with_context(|| format!("HOST is `{host}`, which is no address"))
        })?;
        let first = set("PORT").map_or(Ok(FIRST_PORT), |port| {
            port.parse()
                .with_context(|| format!("PORT is `{port}`, which is no port"))
        })?;
        let replicas = (0..number(args)?).map(|index| {
            let port = first.checked_add(index.into()).filter(|port| *port != 0);
            Ok(Replica {
                name: format!("node-{}", char::from(b'a' + index)),
                address: SocketAddr::new(host, port.context("PORT leaves no room for so many replicas")?),
            })
        });
        Ok(Self {
            replicas: replicas.collect::<anyhow::Result<_>>()?,
        })
    }

    /// In the order of their names.
    pub(super) fn replicas(&self) -> &[Replica] {
        &self.replicas
    }

    /// How wide the column of names is.
    pub(super) fn width(&self) -> usize {
        self.replicas
            .iter()
            .map(|replica| replica.name.len())
            .max()
            .unwrap_or(0)
    }

    /// Looks before anything is built or started.
    ///
    /// # Errors
    /// When somebody else listens on a port.
    pub(super) fn need_free_ports(&self) -> anyhow::Result<()> {
        for Replica { name, address } in &self.replicas {
            TcpListener::bind(address).with_context(|| {
                format!("{name} cannot listen on {address}; stop what does, or name another first port with PORT")
            })?;
        }
        Ok(())
    }

    /// What a person wants to know once all is ready.
    pub(super) fn spoken(&self, redis: &str) -> String {
        let width = self.width();
        let mut text = String::from("\n");
        for replica in &self.replicas {
            let _ = writeln!(text, "  {:width$}   http://{}", replica.name, replica.reachable());
        }
        let _ = writeln!(text, "  {:width$}   {}", "redis", without_password(redis));
        text + "\nCtrl-C stops them\n"
    }
}

impl Replica {
    /// Where it is found from here.
    pub(super) fn reachable(&self) -> SocketAddr {
        let host = match self.address.ip() {
            IpAddr::V4(host) if host.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(host) if host.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            host => host,
        };
        SocketAddr::new(host, self.address.port())
    }
}

fn number(args: &[String]) -> anyhow::Result<u8> {
    let words: Vec<&str> = args.iter().flat_map(|arg| arg.splitn(2, '=')).collect();
    let number = match words[..] {
        [] => return Ok(REPLICAS),
        ["--replicas", number] => number,
        _ => bail!("`cargo xtask cluster` takes `--replicas n` and nothing else"),
    };
    match number.parse() {
        Ok(number) if (1..=MOST).contains(&number) => Ok(number),
        _ => bail!("there can be 1 to {MOST} replicas, not `{number}`"),
    }
}

/// The URL as it may stand on a screen.
fn without_password(url: &str) -> String {
    let hidden = url
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?.1)));
    match hidden {
        Some((scheme, place)) => format!("{scheme}://…@{place}"),
        None => url.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(args: &[&str], variables: &[(&str, &str)]) -> anyhow::Result<Plan> {
        let args: Vec<String> = args.iter().map(ToString::to_string).collect();
        Plan::new(&args, &|name| {
            let found = variables.iter().find(|(variable, _)| *variable == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn places(plan: &Plan) -> Vec<String> {
        let place = |replica: &Replica| format!("{} {}", replica.name, replica.address);
        plan.replicas().iter().map(place).collect()
    }

    #[test]
    fn two_replicas_are_on_3001_and_3002() {
        let plan = plan(&[], &[("HOST", ""), ("PORT", "")]).unwrap();
        assert_eq!(places(&plan), ["node-a 127.0.0.1:3001", "node-b 127.0.0.1:3002"]);
    }

    #[test]
    fn as_many_as_are_asked_for_are_named_by_letters() {
        let last = |args: &[&str]| places(&plan(args, &[]).unwrap()).pop().unwrap();
        assert_eq!(last(&["--replicas", "1"]), "node-a 127.0.0.1:3001");
        assert_eq!(last(&["--replicas=3"]), "node-c 127.0.0.1:3003");
        assert_eq!(last(&["--replicas", "26"]), "node-z 127.0.0.1:3026");
    }

    #[test]
    fn other_numbers_and_flags_are_refused() {
        let wrong: [&[&str]; 6] = [
            &["--replicas"],
            &["--replicas", "0"],
            &["--replicas", "27"],
            &["--replicas", "two"],
            &["--replicas", "2", "3"],
            &["3"],
        ];
        for args in wrong {
            assert!(plan(args, &[]).is_err(), "{args:?}");
        }
    }

    #[test]
    fn host_and_port_move_them() {
        let moved = plan(&[], &[("HOST", "::"), ("PORT", "4000")]).unwrap();
        assert_eq!(places(&moved), ["node-a [::]:4000", "node-b [::]:4001"]);
        assert_eq!(moved.replicas()[0].reachable().to_string(), "[::1]:4000");
        for (name, value) in [("PORT", "65535"), ("PORT", "0"), ("PORT", "x"), ("HOST", "x")] {
            assert!(plan(&[], &[(name, value)]).is_err(), "{name}={value}");
        }
    }

    #[test]
    fn a_port_that_is_taken_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let plan = plan(&["--replicas", "1"], &[("PORT", &port.to_string())]).unwrap();
        let error = plan.need_free_ports().unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("node-a cannot listen on 127.0.0.1:{port}")),
            "{error}"
        );
    }

    #[test]
    fn what_is_said_names_all_and_gives_away_nothing() {
        let plan = plan(&[], &[("HOST", "0.0.0.0")]).unwrap();
        let text = plan.spoken("redis://user:p@ss@redis.example:6379/1");
        for line in [
            "  node-a   http://127.0.0.1:3001",
            "  node-b   http://127.0.0.1:3002",
            "  redis    redis://…@redis.example:6379/1",
        ] {
            assert!(text.lines().any(|said| said == line), "{text}");
        }
        assert_eq!(without_password("redis://127.0.0.1:6379"), "redis://127.0.0.1:6379");
    }
}
