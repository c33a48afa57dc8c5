//! Whether a manifest that gets lost can be made again before the truck comes.

use super::Check;
use crate::config::Config;

const NAME: &str = "pickup";

/// Seconds for the readings that tell that nothing happened, and for the second try.
const AGAIN_S: u64 = 60;

/// The pickups and their lead.
pub fn pickup(config: &Config) -> Check {
    let engine = &config.engine;
    if engine.cut_offs.is_empty() {
        return Check::warn(
            NAME,
            "no pickup is configured: nothing counts down to it",
            "set engine.cut_offs to the times at which the truck comes",
        );
    }
    let needed = engine.timeouts.write_s + engine.settle_s + AGAIN_S;
    if engine.cut_off_lead_s < needed {
        return Check::warn(
            NAME,
            format!(
                "manifests begin {} s before it: one whose answer is lost is not made again in time",
                engine.cut_off_lead_s
            ),
            &format!(
                "set engine.cut_off_lead_s to {needed} or more: a call, engine.settle_s, a second call"
            ),
        );
    }
    let times = engine.cut_offs.iter();
    let times: Vec<String> = times.map(|at| at.0.format("%H:%M").to_string()).collect();
    Check::ok(
        NAME,
        format!(
            "{}, manifests {} s before",
            times.join(", "),
            engine.cut_off_lead_s
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::doctor::State;

    #[test]
    fn a_lead_that_is_too_short_for_a_second_try_is_said() {
        let mut config = Config::default();
        assert_eq!(pickup(&config).state, State::Ok);
        config.engine.cut_off_lead_s = 120;
        let check = pickup(&config);
        assert_eq!(check.state, State::Warn);
        assert!(check.advice.as_str().contains("210"), "{}", check.advice);
        config.engine.cut_offs.clear();
        assert_eq!(pickup(&config).state, State::Warn);
    }
}
