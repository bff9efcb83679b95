use crate::base::Refusal;
use crate::people::PeopleRefusal;
use crate::rules::RuleRefusal;

/// Why an event is refused: by what people are, or by their scheme.
#[derive(Clone, Debug)]
pub enum EmploymentRefusal {
    People(PeopleRefusal),
    Rule(RuleRefusal),
}

impl From<PeopleRefusal> for EmploymentRefusal {
    fn from(r: PeopleRefusal) -> Self {
        Self::People(r)
    }
}

impl From<RuleRefusal> for EmploymentRefusal {
    fn from(r: RuleRefusal) -> Self {
        Self::Rule(r)
    }
}

impl EmploymentRefusal {
    fn inner(&self) -> &dyn Refusal {
        match self {
            Self::People(r) => r,
            Self::Rule(r) => r,
        }
    }
}

impl Refusal for EmploymentRefusal {
    fn code(&self) -> &'static str {
        self.inner().code()
    }

    fn status(&self) -> u16 {
        self.inner().status()
    }

    fn zh(&self) -> String {
        self.inner().zh()
    }

    fn en(&self) -> String {
        self.inner().en()
    }

    fn hint_zh(&self) -> Option<String> {
        self.inner().hint_zh()
    }

    fn hint_en(&self) -> Option<String> {
        self.inner().hint_en()
    }
}
