//! Setting up an account: address and password, the rest found. Ends with a try of the account, so that what does not
//! work is said here and in words. Decides the order of tries; how they went, the engine says.
use crate::{
    config::Provider,
    domain::{
        account::{AccountConfig, AccountKind, Problem, SipTransport, XmppTls},
        private::Private,
    },
    engine::api::{Command, Refusal, Reply, SecretsState},
    ui::{
        model::Model,
        wish::{Place, Then, Wish},
    },
};

mod view;
pub use view::{mark, view};

/// Which kind of account is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Kind {
    /// XMPP, and SIP where there is no XMPP.
    #[default]
    Auto,
    /// XMPP alone.
    Xmpp,
    /// SIP alone.
    Sip,
}

/// Why it did not work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// The engine's word.
    Refused(Refusal),
    /// Neither kind is there.
    Neither {
        /// At this domain.
        domain: String,
    },
}

/// What goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Step {
    /// The person writes.
    #[default]
    Form,
    /// This one is tried; the others come after it.
    Trying {
        /// Now.
        config: AccountConfig,
        /// Next.
        rest: Vec<AccountConfig>,
        /// Why an earlier one failed.
        before: Option<Problem>,
    },
    /// It works; a passphrase for the vault is chosen first.
    Passphrase {
        /// What to keep then.
        config: AccountConfig,
    },
    /// It is being kept.
    Adding,
}

/// The form.
#[derive(Default)]
pub struct Welcome {
    /// As typed.
    pub address: String,
    /// As typed.
    pub password: String,
    /// The password can be read.
    pub shown: bool,
    /// The rest is unfolded.
    pub advanced: bool,
    /// Chosen under Advanced.
    pub kind: Kind,
    /// The phone service that was picked; `None`: recognised by the address.
    pub provider: Option<&'static Provider>,
    /// The list of services is unfolded.
    pub providers: bool,
    /// `HOST` or `HOST:PORT`; empty: found.
    pub server: String,
    /// SIP.
    pub transport: Option<SipTransport>,
    /// XMPP.
    pub tls: Option<XmppTls>,
    /// SIP.
    pub auth_user: String,
    /// A path.
    pub ca: String,
    /// What goes on.
    pub step: Step,
    /// Why the last try failed.
    pub trouble: Option<Trouble>,
    /// Tries so far: an answer to an earlier one is dropped.
    tries: u32,
}

/// What the person does.
#[derive(Clone)]
pub enum Message {
    /// Types.
    Address(String),
    /// Types.
    Password(String),
    /// Shows or hides the password.
    Show,
    /// Folds the rest.
    Advanced,
    /// Chooses.
    Kind(Kind),
    /// Folds the list of phone services.
    Providers,
    /// Chooses.
    Provider(Option<&'static Provider>),
    /// Types.
    Server(String),
    /// Chooses.
    Transport(Option<SipTransport>),
    /// Chooses.
    Tls(Option<XmppTls>),
    /// Types.
    AuthUser(String),
    /// Types.
    Ca(String),
    /// Enter in the address.
    ToPassword,
    /// Connect.
    Connect,
    /// Not after all.
    Cancel,
}

/// The control of the address.
pub const ADDRESS: &str = "welcome-address";
/// The control of the password.
pub const PASSWORD: &str = "welcome-password";

impl Welcome {
    /// One step.
    pub fn update(&mut self, message: Message, model: &Model) -> Vec<Wish> {
        match message {
            Message::Address(text) => self.address = text,
            Message::Password(text) => self.password = text,
            Message::Show => self.shown = !self.shown,
            Message::Advanced => self.advanced = !self.advanced,
            Message::Kind(kind) => self.kind = kind,
            Message::Providers => self.providers = !self.providers,
            Message::Provider(provider) => (self.provider, self.providers) = (provider, false),
            Message::Server(text) => self.server = text,
            Message::Transport(transport) => self.transport = transport,
            Message::Tls(tls) => self.tls = tls,
            Message::AuthUser(text) => self.auth_user = text,
            Message::Ca(text) => self.ca = text,
            Message::ToPassword if self.password.is_empty() => return vec![Wish::Focus(PASSWORD)],
            Message::ToPassword | Message::Connect => return self.connect(model),
            Message::Cancel if self.step == Step::Form => {
                *self = Self { tries: self.tries, ..Self::default() };
                return vec![Wish::Back];
            }
            Message::Cancel => {
                self.tries += 1;
                self.step = Step::Form;
            }
        }
        Vec::new()
    }

    /// It can be tried.
    pub fn complete(&self) -> bool {
        !self.address.trim().is_empty() && !self.password.is_empty() && self.step == Step::Form
    }

    fn connect(&mut self, model: &Model) -> Vec<Wish> {
        if !self.complete() {
            return Vec::new();
        }
        self.trouble = None;
        let mut configs = self.configs();
        let known = |config: &AccountConfig| model.accounts.iter().any(|known| known.config.id == config.id);
        if configs.is_empty() {
            self.trouble = Some(Trouble::Refused(Refusal::BadAccountAddress));
            return vec![Wish::Focus(ADDRESS)];
        }
        if configs.iter().any(known) {
            self.trouble = Some(Trouble::Refused(Refusal::AccountExists));
            return vec![Wish::Focus(ADDRESS)];
        }
        let config = configs.remove(0);
        self.attempt(config, configs, None)
    }

    /// The phone service that was picked, or the one of the address.
    pub fn service(&self) -> Option<&'static Provider> {
        let of_address = || Provider::of_domain(self.address.trim().rsplit_once('@')?.1);
        self.provider.or_else(of_address).filter(|_| self.kind != Kind::Xmpp)
    }

    /// The accounts that the form may mean, in the order they are tried; none for what is no address.
    fn configs(&self) -> Vec<AccountConfig> {
        let typed = self.address.trim();
        // whoever picked the service need not know its domain
        let domain = self.provider.and_then(Provider::only_domain).filter(|_| !typed.contains('@'));
        let whole = domain.map(|domain| format!("{typed}@{domain}"));
        let typed = whole.as_deref().unwrap_or(typed);
        let scheme = |scheme: &str| {
            let head = typed.get(..scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then(|| typed.get(scheme.len()..)).flatten()
        };
        let (address, said, tls) = match (scheme("xmpp:"), scheme("sips:"), scheme("sip:")) {
            (Some(rest), ..) => (rest, Some(Kind::Xmpp), false),
            (_, Some(rest), _) => (rest, Some(Kind::Sip), true),
            (.., Some(rest)) => (rest, Some(Kind::Sip), false),
            _ => (typed, None, false),
        };
        let sound = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
        if !address.rsplit_once('@').is_some_and(|(user, domain)| sound(user) && sound(domain)) {
            return Vec::new();
        }
        let given = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
        let transport = if tls { Some(SipTransport::Tls) } else { self.transport };
        let sip = AccountKind::Sip { transport, auth_user: given(&self.auth_user) };
        let xmpp = AccountKind::Xmpp { tls: self.tls };
        let kinds = match said.unwrap_or(self.kind) {
            Kind::Auto if self.service().is_some() => vec![sip, xmpp],
            Kind::Auto => vec![xmpp, sip],
            Kind::Xmpp => vec![xmpp],
            Kind::Sip => vec![sip],
        };
        let config = |kind: AccountKind| {
            let mut config = AccountConfig {
                server: given(&self.server),
                ca: given(&self.ca).map(Into::into),
                ..AccountConfig::new(kind, address)
            };
            if let Some(service) = self.service() {
                service.apply(&mut config);
            }
            config
        };
        kinds.into_iter().map(config).collect()
    }

    fn attempt(&mut self, config: AccountConfig, rest: Vec<AccountConfig>, before: Option<Problem>) -> Vec<Wish> {
        self.tries += 1;
        self.step = Step::Trying { config: config.clone(), rest, before };
        let command = Command::TestAccount { config, password: Private::new(self.password.clone()) };
        vec![Wish::Ask(command, Then::Tested(self.tries))]
    }

    /// How a try went.
    pub fn tested(&mut self, number: u32, answer: Result<Reply, Refusal>, secrets: SecretsState) -> Vec<Wish> {
        if number != self.tries {
            return Vec::new();
        }
        let Step::Trying { config, mut rest, before } = std::mem::take(&mut self.step) else {
            return Vec::new();
        };
        match answer {
            Ok(_) if secrets == SecretsState::Open => self.keep(config),
            Ok(_) => {
                self.step = Step::Passphrase { config };
                vec![Wish::Go(Place::Unlock)]
            }
            Err(Refusal::Account(problem)) if absent(problem) && !rest.is_empty() => {
                let next = rest.remove(0);
                self.attempt(next, rest, before.or(Some(problem)))
            }
            Err(refusal) => {
                self.trouble = Some(match (before, refusal) {
                    (Some(_), Refusal::Account(Problem::UnknownHost)) if before == Some(Problem::UnknownHost) => {
                        Trouble::Neither { domain: config.domain().to_owned() }
                    }
                    // the first kind's server was there and did not do: that says more than one that is not there
                    (Some(first), Refusal::Account(Problem::UnknownHost)) => Trouble::Refused(Refusal::Account(first)),
                    (_, refusal) => Trouble::Refused(refusal),
                });
                Vec::new()
            }
        }
    }

    fn keep(&mut self, config: AccountConfig) -> Vec<Wish> {
        self.step = Step::Adding;
        let command =
            Command::AddAccount { config, password: Private::new(self.password.clone()), turn_password: None };
        vec![Wish::Ask(command, Then::Added)]
    }

    /// The vault is open now.
    pub fn unlocked(&mut self) -> Vec<Wish> {
        match std::mem::take(&mut self.step) {
            Step::Passphrase { config } => self.keep(config),
            step => {
                self.step = step;
                Vec::new()
            }
        }
    }

    /// The person did not want to choose a passphrase.
    pub fn gave_up(&mut self) {
        if matches!(self.step, Step::Passphrase { .. }) {
            self.step = Step::Form;
        }
    }

    /// Whether the account is kept; true forgets the form.
    pub fn added(&mut self, answer: Result<Reply, Refusal>) -> bool {
        match answer {
            Ok(_) => {
                *self = Self { tries: self.tries, ..Self::default() };
                true
            }
            Err(refusal) => {
                self.step = Step::Form;
                self.trouble = Some(Trouble::Refused(refusal));
                false
            }
        }
    }
}

/// The service does not seem to be there: the other kind may be.
const fn absent(problem: Problem) -> bool {
    matches!(problem, Problem::UnknownHost | Problem::Unreachable | Problem::TimedOut | Problem::Protocol)
}
