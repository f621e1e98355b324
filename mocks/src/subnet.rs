//! Subnets: where the copiers live and what they may reach from there.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

/// One subnet of the lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubnetSpec {
    /// The name that devices refer to.
    pub name: String,
    /// The range, for people: `127.20.1.0/24`.
    pub range: String,
    /// The rules, first match wins; what none matches is blocked.
    pub egress: Vec<EgressRule>,
}

/// Where connections to one host and port end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EgressRule {
    /// A host name as the copier holds it: exact, `*.suffix`, or `*` for any. Compared without case.
    pub host: String,
    /// The port the copier asks for; absent means any.
    #[serde(default)]
    pub port: Option<u16>,
    /// What happens.
    pub to: Egress,
}

/// What a network does with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Egress {
    /// It reaches the lab mail server's submission port.
    Submission,
    /// It reaches the lab mail server's MX port.
    Mx,
    /// It reaches the lab mail server's port with TLS from the first byte; refused where the tenant has none.
    ImplicitTls,
    /// It reaches this address.
    Address(SocketAddr),
    /// A firewall swallows it: time-out, which the lab reports at once.
    Blocked,
    /// The host answers with a reset.
    Refused,
    /// The name does not resolve.
    NxDomain,
}

impl EgressRule {
    /// A rule for one host pattern and port.
    pub fn new(host: impl Into<String>, port: impl Into<Option<u16>>, to: Egress) -> Self {
        Self { host: host.into(), port: port.into(), to }
    }

    fn matches(&self, host: &str, port: u16) -> bool {
        let host = host.trim_end_matches('.').to_ascii_lowercase();
        let pattern = self.host.to_ascii_lowercase();
        let host_matches = match pattern.strip_prefix('*') {
            Some("") => true,
            Some(suffix) => host.ends_with(suffix),
            None => pattern == host,
        };
        host_matches && self.port.is_none_or(|wanted| wanted == port)
    }
}

impl SubnetSpec {
    /// Where a connection from this subnet to a host and port ends.
    pub fn route(&self, host: &str, port: u16) -> Egress {
        let route =
            self.egress.iter().find(|rule| rule.matches(host, port)).map_or(Egress::Blocked, |rule| rule.to);
        // An address needs no name server.
        match route {
            Egress::NxDomain if host.parse::<std::net::IpAddr>().is_ok() => Egress::Blocked,
            route => route,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_matching_rule_wins_and_the_rest_is_blocked() {
        let subnet = SubnetSpec {
            name: "north".into(),
            range: "127.20.1.0/24".into(),
            egress: vec![
                EgressRule::new("old.example", None, Egress::NxDomain),
                EgressRule::new("*.example", 587, Egress::Submission),
            ],
        };
        assert_eq!(subnet.route("OLD.example.", 587), Egress::NxDomain);
        assert_eq!(subnet.route("smtp.example", 587), Egress::Submission);
        assert_eq!(subnet.route("smtp.example", 25), Egress::Blocked);
    }
}
