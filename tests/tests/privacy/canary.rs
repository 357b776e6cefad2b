//! Canaries: strings that stand for what must never be logged, each found nowhere else.

use tests::Desk;

/// Everything that is looked for.
pub(super) struct Canaries(Vec<(&'static str, String)>);

/// What a person is called.
pub(super) const NAME: &str = "Quilla Zandervink";
/// Where a person is written to.
pub(super) const EMAIL: &str = "quilla.zandervink@canary.test";
/// Another one, whose mails are refused.
pub(super) const REFUSED: &str = "refused@canary.test";
/// Where a person is called.
pub(super) const PHONE: &str = "+49 151 55501987";
/// What a person says.
pub(super) const WORDS: &str = "my grandmother's ashes in a teapot";
/// What a person wishes.
pub(super) const WISH: &str = "please hide the parakeet";
/// What a business keeps to itself or writes.
pub(super) const NOTE: &str = "the safe is behind the ficus";
/// What a browser says of itself.
pub(super) const AGENT: &str = "TeapotBrowser/418";
/// What a path ends in.
pub(super) const TOKEN: &str = "cGF0aC10b2tlbi1vZi1hLWNhbmFyeQ";
/// A session's secret that is none.
pub(super) const SECRET: &str = "01KAXG00000000000000000000.c2Vzc2lvbi1jYW5hcnktc2VjcmV0LTEyMzQ1Njc4OTA";
/// A tenant's key that is none.
pub(super) const KEY: &str = "pk_canaryofnobody";
/// A token that is none.
pub(super) const BEARER: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJjYW5hcnkifQ.Y2FuYXJ5";
/// Where somebody calls from.
pub(super) const ADDRESS: &str = "127.0.0.94";

impl Canaries {
    /// Those of a desk: its secrets and everything that the tests say.
    pub(super) async fn of(desk: &Desk) -> Self {
        let mut all = Self(Vec::new());
        for (kind, text) in [
            ("name", NAME),
            ("first name", "Quilla"),
            ("email", EMAIL),
            ("domain of an email", "canary.test"),
            ("email of a mail that is refused", REFUSED),
            ("phone", PHONE),
            ("message", WORDS),
            ("part of a message", "teapot"),
            ("wish", WISH),
            ("note", NOTE),
            ("user agent", AGENT),
            ("path token", TOKEN),
            ("session secret", SECRET),
            ("tenant key", KEY),
            ("tenant key", "pk_demo"),
            ("token", BEARER),
            ("address", ADDRESS),
            ("address of mails", tests::world::ANN),
            ("owner's email", "owner@demo.test"),
            ("Stripe's key", "sk_test_simulated"),
            ("Claude's key", "sk-ant-simulated"),
            ("payment page", "/checkout/cs_"),
            ("link", "/v1/public/bookings/e"),
        ] {
            all.add(kind, text);
        }
        all.add("owner's token", desk.owner().await.token());
        all
    }

    /// Looks for `text`, too.
    pub(super) fn add(&mut self, kind: &'static str, text: &str) {
        assert!(5 < text.len(), "{kind}: {text:?} could be anywhere");
        self.0.push((kind, text.to_owned()));
    }

    /// Looks for the secret of a session; its first half names the conversation.
    pub(super) fn add_session(&mut self, session: &str) {
        self.add("session secret", session.split_once('.').unwrap().1);
    }

    /// What of all this is in a line, as it is or as text within JSON is written.
    pub(super) fn found_in(&self, line: &str) -> Vec<String> {
        let found = self.0.iter().filter(|(_, text)| line.contains(text));
        found.map(|(kind, text)| format!("{kind} {text:?} in {line}")).collect()
    }
}
