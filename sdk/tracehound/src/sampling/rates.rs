//! The rates the agent answers with: one per service and environment, and one for all others.
//!
//! Their keys read `service:<service>,env:<environment>`; the one for all others has neither name. Source: agent-protocol 1.6.

use crate::normalize;

/// The most rates kept. An agent knows 5,000 services and names each at most twice. Source: agent-protocol 5.4.
const MAX_RATES: usize = 10_000;

/// One answer of the agent. The default knows no rate.
#[derive(Debug, Default)]
pub(super) struct AgentRates {
    /// Sorted by service and environment.
    rates: Vec<((String, String), f64)>,
    all_others: Option<f64>,
}

impl AgentRates {
    /// Takes over what makes sense: keys of the known form with rates from 0 to 1. Of a key that comes twice the last one counts.
    pub(super) fn new(answer: &[(String, f64)]) -> Self {
        let mut known = Self::default();
        for (key, rate) in answer.iter().take(MAX_RATES) {
            let names = key.strip_prefix("service:").and_then(|names| names.split_once(",env:"));
            let Some((service, env)) = names else { continue };
            if !(0.0..=1.0).contains(rate) {
                continue;
            }
            if service.is_empty() && env.is_empty() {
                known.all_others = Some(*rate);
            } else {
                known.insert(service, env, *rate);
            }
        }
        known
    }

    /// The agent names services in order, so that most go to the end.
    fn insert(&mut self, service: &str, env: &str, rate: f64) {
        match self.place_of(service, env) {
            Err(place) => self.rates.insert(place, ((service.to_owned(), env.to_owned()), rate)),
            Ok(place) => {
                if let Some((_, known)) = self.rates.get_mut(place) {
                    *known = rate;
                }
            }
        }
    }

    /// The rate for a service and an environment, if the agent has named one that applies.
    pub(super) fn rate(&self, service: &str, env: &str) -> Option<f64> {
        self.named(service, env).or_else(|| self.named_as_the_agent_does(service, env)).or(self.all_others)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rates.is_empty() && self.all_others.is_none()
    }

    fn named(&self, service: &str, env: &str) -> Option<f64> {
        let place = self.place_of(service, env).ok()?;
        self.rates.get(place).map(|(_, rate)| *rate)
    }

    /// Where the rate of a service and an environment is, or where it would be.
    fn place_of(&self, service: &str, env: &str) -> Result<usize, usize> {
        self.rates.binary_search_by(|((known, within), _)| (known.as_str(), within.as_str()).cmp(&(service, env)))
    }

    /// The agent normalises names before it counts, so the rate for `My Service` comes as that of `my_service`.
    fn named_as_the_agent_does(&self, service: &str, env: &str) -> Option<f64> {
        if self.rates.is_empty() {
            return None;
        }
        let (its_service, its_env) = (normalize::service(service), normalize::tag_value(env));
        let differs = its_service != service || its_env != env;
        if differs { self.named(&its_service, &its_env) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rates(answer: &[(&str, f64)]) -> AgentRates {
        let answer: Vec<_> = answer.iter().map(|(key, rate)| ((*key).to_owned(), *rate)).collect();
        AgentRates::new(&answer)
    }

    #[test]
    fn a_service_has_its_own_rate_and_else_the_one_for_all_others() {
        let rates = rates(&[
            ("service:,env:", 0.9),
            ("service:shop,env:prod", 0.1),
            ("service:shop,env:", 0.2),
            ("service:cart,env:prod,env:eu", 0.3),
        ]);
        for (service, env, expected) in [
            ("shop", "prod", 0.1),
            ("shop", "", 0.2),
            ("shop", "test", 0.9),
            ("cart", "prod,env:eu", 0.3),
            ("other", "prod", 0.9),
            ("", "", 0.9),
        ] {
            assert_eq!(rates.rate(service, env), Some(expected), "{service} in {env}");
        }
    }

    #[test]
    fn names_are_found_as_the_agent_writes_them() {
        let rates = rates(&[("service:my_shop,env:prod_eu", 0.4), ("service:Cart,env:", 0.5)]);
        assert_eq!(rates.rate("My Shop", "Prod EU"), Some(0.4));
        assert_eq!(rates.rate("Cart", ""), Some(0.5));
        assert_eq!(rates.rate("cart", ""), None);
    }

    #[test]
    fn without_a_rate_that_applies_there_is_none() {
        assert_eq!(AgentRates::default().rate("shop", "prod"), None);
        assert_eq!(rates(&[("service:shop,env:prod", 0.5)]).rate("cart", "prod"), None);
    }

    #[test]
    fn what_makes_no_sense_is_left_out() {
        let rates = rates(&[
            ("service:nan,env:", f64::NAN),
            ("service:high,env:", 1.5),
            ("service:infinite,env:", f64::INFINITY),
            ("service:low,env:", -0.1),
            ("shop", 0.1),
            ("service:shop", 0.1),
            ("env:prod,service:shop", 0.1),
            ("", 0.1),
        ]);
        assert!(rates.is_empty(), "{rates:?}");
    }

    #[test]
    fn the_last_of_two_equal_keys_counts() {
        assert_eq!(
            rates(&[("service:a,env:", 0.1), ("service:b,env:", 0.2), ("service:a,env:", 0.3)]).rate("a", ""),
            Some(0.3)
        );
    }

    #[test]
    fn an_answer_has_an_end() {
        let answer: Vec<_> = (0..20_000).map(|n| (format!("service:s{n},env:"), 0.5)).collect();
        assert_eq!(AgentRates::new(&answer).rates.len(), MAX_RATES);
    }
}
