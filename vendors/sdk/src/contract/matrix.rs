//! The table of profile by case, and what went wrong.

use std::collections::BTreeMap;
use std::fmt;

/// How a case went on a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// As promised.
    Passed,
    /// The profile cannot have this point; why.
    NotApplicable(String),
    /// Not as promised; what was expected and what came.
    Failed(String),
}

/// Why a case stopped.
#[derive(Debug)]
pub(super) enum Stop {
    NotApplicable(String),
    Failed(String),
}

impl From<String> for Stop {
    fn from(text: String) -> Self {
        Self::Failed(text)
    }
}

/// Every case on every profile.
#[derive(Debug, Clone, Default)]
pub struct Matrix {
    pub(super) profiles: Vec<String>,
    pub(super) cases: Vec<&'static str>,
    pub(super) verdicts: BTreeMap<(String, &'static str), Verdict>,
    /// What is wrong with the bench itself: makers without profiles, profiles without adapters.
    pub(super) gaps: Vec<String>,
}

impl Matrix {
    /// How a case went on a profile; absent where it did not run.
    pub fn verdict(&self, profile: &str, case: &'static str) -> Option<&Verdict> {
        self.verdicts.get(&(profile.to_owned(), case))
    }

    /// Everything that keeps the suite from being passed, one line each.
    pub fn failures(&self) -> Vec<String> {
        let mut all = self.gaps.clone();
        for profile in &self.profiles {
            for case in &self.cases {
                match self.verdict(profile, case) {
                    Some(Verdict::Passed) => {}
                    Some(Verdict::NotApplicable(why)) if !why.trim().is_empty() => {}
                    Some(Verdict::NotApplicable(_)) => {
                        all.push(format!("{profile} / {case}: not applicable, and no reason is given"));
                    }
                    Some(Verdict::Failed(why)) => all.push(format!("{profile} / {case}: {why}")),
                    None => all.push(format!("{profile} / {case}: did not run")),
                }
            }
        }
        all
    }

    /// Whether everything passed that can.
    pub fn passed(&self) -> bool {
        self.failures().is_empty()
    }
}

impl fmt::Display for Matrix {
    /// The table (`+` passed, `-` not applicable, `X` failed, `?` did not run), the reasons, the failures.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let wide = self.cases.iter().map(|case| case.len()).max().unwrap_or_default();
        for (number, profile) in self.profiles.iter().enumerate() {
            writeln!(f, "{:>wide$}  {}{profile}", "", "| ".repeat(number))?;
        }
        for case in &self.cases {
            let marks: Vec<&str> = self
                .profiles
                .iter()
                .map(|profile| match self.verdict(profile, case) {
                    Some(Verdict::Passed) => "+",
                    Some(Verdict::NotApplicable(_)) => "-",
                    Some(Verdict::Failed(_)) => "X",
                    None => "?",
                })
                .collect();
            writeln!(f, "{case:>wide$}  {}", marks.join(" "))?;
        }
        let mut reasons: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for profile in &self.profiles {
            for case in &self.cases {
                if let Some(Verdict::NotApplicable(why)) = self.verdict(profile, case) {
                    reasons.entry((case, why)).or_default().push(profile);
                }
            }
        }
        writeln!(f, "\nNot applicable:")?;
        for ((case, why), profiles) in reasons {
            writeln!(f, "  {case} ({}): {why}", profiles.join(", "))?;
        }
        let failures = self.failures();
        writeln!(f, "\n{} failures", failures.len())?;
        for failure in failures {
            writeln!(f, "  {failure}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_did_not_run_and_what_has_no_reason_are_failures() {
        let mut matrix =
            Matrix { profiles: vec!["p".into()], cases: vec!["a", "b", "c"], ..Matrix::default() };
        matrix.verdicts.insert(("p".into(), "a"), Verdict::Passed);
        matrix.verdicts.insert(("p".into(), "b"), Verdict::NotApplicable(" ".into()));
        assert_eq!(matrix.failures().len(), 2);
        assert!(!matrix.passed());
        assert!(matrix.to_string().contains("c  ?"));
    }
}
