//! By which way an account asks, and as whom it is asked, as its registrar says: the route of requests outside calls
//! (RFC 3608), names that lead to this device wherever it is (RFC 5627), and flows (RFC 5626).
use super::{Agent, CallId, HeaderName, Method, NameAddr, Request, Uri};

/// What the registrar gave; empty before it has, and for whoever has none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Reach {
    /// The values of Route for requests outside calls, the nearest first.
    pub(crate) routes: Vec<String>,
    /// A name of this device that everybody may know.
    pub(crate) public: Option<Uri>,
    /// One that does not say whose device it is.
    pub(crate) temporary: Option<Uri>,
    /// The server reaches us by this flow.
    pub(crate) flow: bool,
}

impl Agent {
    /// The registrar said how we are reached.
    pub(crate) fn registered(&mut self, reach: Reach) {
        self.reach = reach;
    }

    /// Whether the server knows the flow.
    pub(crate) const fn has_flow(&self) -> bool {
        self.reach.flow
    }

    /// Whether no call, and nothing about one, is under way.
    pub(crate) fn is_idle(&self) -> bool {
        self.calls.is_empty() && self.referrals.is_empty() && self.byes.is_empty() && self.texts.is_empty()
    }

    /// Whether this call is known here.
    pub(crate) fn has_call(&self, call: CallId) -> bool {
        self.calls.contains_key(&call) || self.referrals.contains_key(&call)
    }

    /// The Contact of calls and of all that makes a dialog; without a user it does not say who we are.
    pub(crate) fn call_contact(&self, user: Option<&str>) -> Option<NameAddr> {
        let Reach { public, temporary, flow, .. } = &self.reach;
        let hidden = user.is_none() || user == temporary.as_ref().and_then(Uri::user);
        if let Some(name) = if hidden { temporary } else { public } {
            return Some(NameAddr::new(name.clone()));
        }
        let contact = self.contact(user)?;
        // by the flow that it was asked by (RFC 5626 section 4.3)
        let by_flow = Uri::parse(&format!("{};ob", contact.uri)).filter(|_| *flow);
        Some(by_flow.map_or(contact, NameAddr::new))
    }

    /// Gives a request outside calls the way it is to take; a registration finds its own.
    pub(super) fn guide(&self, request: &mut Request) {
        let inside = request.headers.to().is_some_and(|to| to.tag().is_some());
        if inside || request.method == Method::Register || self.home.is_none() {
            return;
        }
        request.headers.remove(&HeaderName::Route);
        for route in &self.reach.routes {
            request.headers.push(HeaderName::Route, route);
        }
    }
}
