//! The path of a call's sound breaks: the person is told in words, another path is found where there is one, and the other
//! side that is gone for good is not called well.
use crate::support::{
    aiortc::Aiortc,
    coturn::{self, Coturn},
    kamailio::Kamailio,
    landline::Landline,
    network, sound, wait_for,
};

#[test]
fn the_other_side_dies_and_the_call_says_so() {
    let kamailio = Kamailio::start();
    let mut bob = Aiortc::start("bob", &kamailio.server(), 880, &[]);
    let mut alice = Landline::new();
    let heard = alice.file("heard.wav");
    alice.choose_sound("tone:660", &format!("file:{}", heard.display()));
    alice.add_sip_with("alice", "secret-alice", &kamailio.tls_server(), "tls", Some(&kamailio.ca), &[]);
    alice.run();
    alice.wait_registered();
    alice.json(&["call", "sip:bob@sip.test"]);
    alice.wait_call("active");
    bob.wait_connection("connected");
    wait_for("aiortc's tone at Landline", || sound::hears_tone(&heard, 880.0).then_some(()));
    bob.kill();
    // nobody answers in the dialog either: there is nothing to look for
    let ended = alice.wait_call("ended");
    assert_eq!(ended["call"]["reason"], "lost", "{ended}");
}

/// Two of us on the two hosts, who hear each other over the direct path; the first has a relay, if it is to.
struct Call {
    phones: [Landline; 2],
    _servers: (Kamailio, Coturn),
}

impl Call {
    fn begin(relay: bool) -> Self {
        network::forward(true);
        let coturn = Coturn::start(&[network::ROUTER[1], network::ROUTER[0]]);
        let kamailio = Kamailio::start_on(&network::ROUTER);
        let mut phones = [Landline::new(), Landline::new()];
        for (side, (phone, user)) in phones.iter_mut().zip(["alice", "bob"]).enumerate() {
            phone.live_on(side);
            let heard = phone.file("heard.wav");
            phone.choose_sound(["tone:660", "tone:880"][side], &format!("file:{}", heard.display()));
            let turn = format!("turn:{}:{}", network::ROUTER[0], coturn.port);
            let mut ours: Vec<&str> = vec!["--keys", "dtls", "--encryption", "required", "--ice", "on"];
            let mut passwords = format!("secret-{user}");
            if side == 0 && relay {
                ours.extend(["--turn", &turn, "--turn-user", coturn::USER]);
                passwords.push_str(&format!("\n{}", coturn::PASSWORD));
            }
            let place = format!("{}:{}", network::ROUTER[side], kamailio.port);
            phone.add_sip_with(user, &passwords, &place, "tcp", None, &ours);
            phone.run();
            phone.wait_registered();
        }
        let [alice, bob] = &mut phones;
        alice.json(&["call", "sip:bob@sip.test"]);
        bob.wait_call("incoming");
        bob.json(&["answer"]);
        alice.wait_call("active");
        let call = Self { phones, _servers: (kamailio, coturn) };
        call.both_hear([0, 0]);
        call
    }
    fn lengths(&self) -> [usize; 2] {
        self.phones.each_ref().map(|phone| sound::length(&phone.file("heard.wav")))
    }
    fn searches(&self) -> bool {
        self.phones.iter().any(|phone| phone.json(&["calls"])[0]["searching"] == true)
    }
    fn both_hear(&self, from: [usize; 2]) {
        for (side, hz) in [880.0, 660.0].into_iter().enumerate() {
            let heard = self.phones[side].file("heard.wav");
            wait_for("the other's tone", || sound::hears_tone_since(&heard, hz, from[side]).then_some(()));
        }
        assert_eq!(self.phones[0].json(&["calls"])[0]["encryption"], "dtls_in_clear");
    }
}

#[test]
fn the_direct_path_breaks_and_the_relay_takes_over() {
    if network::inside("call_path_lost::the_direct_path_breaks_and_the_relay_takes_over") {
        let call = Call::begin(true);
        network::forward(false);
        // there is no other way left than the relay's
        call.both_hear(call.lengths());
    }
}

#[test]
fn the_only_path_breaks_and_is_found_again() {
    if network::inside("call_path_lost::the_only_path_breaks_and_is_found_again") {
        let mut call = Call::begin(false);
        network::forward(false);
        // who misses the other first says so, and begins anew
        wait_for("the search", || call.searches().then_some(()));
        network::forward(true);
        wait_for("its end", || (!call.searches()).then_some(()));
        call.both_hear(call.lengths());
        let [alice, bob] = &mut call.phones;
        alice.json(&["hangup"]);
        bob.wait_call("ended");
    }
}

#[test]
fn the_address_changes_and_the_call_goes_on_from_the_new_one() {
    if network::inside("call_path_lost::the_address_changes_and_the_call_goes_on_from_the_new_one") {
        let mut call = Call::begin(false);
        let (host, old) = (network::NAME[0], network::HOST[0]);
        network::ip(&format!("-n {host} addr del {old}/24 dev wire"));
        network::ip(&format!("-n {host} addr add 10.78.1.7/24 dev wire"));
        network::ip(&format!("-n {host} route add default via {}", network::ROUTER[0]));
        call.both_hear(call.lengths());
        wait_for("its way is found", || (!call.searches()).then_some(()));
        let told = |phone: &Landline| std::fs::read_to_string(phone.home().join("state/landline.log")).expect("a log");
        assert!(call.phones.iter().all(|phone| !told(phone).contains("ice=false")), "it is still found by ICE");
        let [alice, bob] = &mut call.phones;
        alice.json(&["hangup"]);
        bob.wait_call("ended");
    }
}
