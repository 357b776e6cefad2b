//! What each use case is lent: of all that a function works with, exactly what its `Deps` name.

use std::sync::atomic::Ordering;

use super::Services;
use crate::app::{
    booking, calendar, cleanup, confirm, feedback, handover, import, notify, payment, recount, reminder, session, turn,
    verification, waitlist, webhook,
};
use crate::http::gate;
use crate::ports::{Bus, Mailer};

impl Services {
    /// What the gate of public routes may touch.
    #[must_use]
    pub fn gate(&self) -> gate::Deps<'_> {
        gate::Deps {
            store: &self.store,
            contexts: &self.contexts,
            clock: &*self.clock,
            metrics: &*self.metrics,
            limits_addresses: self.limits_addresses.load(Ordering::Relaxed),
        }
    }

    /// What a turn may touch.
    #[must_use]
    pub fn turn(&self) -> turn::Deps<'_> {
        turn::Deps {
            store: &self.store,
            contexts: &self.contexts,
            claude: &self.claude,
            clock: &*self.clock,
            ids: &*self.ids,
            metrics: &*self.metrics,
            link_key: &self.link_key,
            limits_addresses: self.limits_addresses.load(Ordering::Relaxed),
        }
    }

    /// What starting, reading and ending a conversation may touch.
    #[must_use]
    pub fn session(&self) -> session::Deps<'_> {
        session::Deps {
            store: &self.store,
            contexts: &self.contexts,
            clock: &*self.clock,
            ids: &*self.ids,
            limits_addresses: self.limits_addresses.load(Ordering::Relaxed),
        }
    }

    /// What finding, calling off and moving bookings may touch.
    #[must_use]
    pub fn booking(&self) -> booking::Deps<'_> {
        booking::Deps { store: &self.store, contexts: &self.contexts, clock: &*self.clock, ids: &*self.ids }
    }

    /// What the waitlist may touch.
    #[must_use]
    pub fn waitlist(&self) -> waitlist::Deps<'_> {
        waitlist::Deps { store: &self.store, contexts: &self.contexts, clock: &*self.clock, ids: &*self.ids }
    }

    /// What doing a confirmed proposal may touch.
    #[must_use]
    pub fn confirm(&self) -> confirm::Deps<'_> {
        confirm::Deps {
            store: &self.store,
            contexts: &self.contexts,
            stripe: &self.stripe,
            clock: &*self.clock,
            ids: &*self.ids,
            metrics: &*self.metrics,
            link_key: &self.link_key,
            public_url: &self.public_url,
        }
    }

    /// What payments may touch.
    #[must_use]
    pub fn payment(&self) -> payment::Deps<'_> {
        payment::Deps {
            store: &self.store,
            contexts: &self.contexts,
            stripe: &self.stripe,
            clock: &*self.clock,
            ids: &*self.ids,
            metrics: &*self.metrics,
            public_url: &self.public_url,
        }
    }

    /// What taking Stripe's events may touch; `bus` leads to the payment worker.
    #[must_use]
    pub fn receive<'a>(&'a self, bus: &'a dyn Bus) -> payment::ReceiveDeps<'a> {
        payment::ReceiveDeps { secrets: &self.stripe_webhook_secrets, clock: &*self.clock, bus }
    }

    /// What proving an email may touch.
    #[must_use]
    pub fn verification(&self) -> verification::Deps<'_> {
        verification::Deps {
            store: &self.store,
            clock: &*self.clock,
            ids: &*self.ids,
            link_key: &self.link_key,
            limits_addresses: self.limits_addresses.load(Ordering::Relaxed),
        }
    }

    /// What rating a conversation may touch.
    #[must_use]
    pub fn feedback(&self) -> feedback::Deps<'_> {
        feedback::Deps {
            store: &self.store,
            clock: &*self.clock,
            metrics: &*self.metrics,
            limits_addresses: self.limits_addresses.load(Ordering::Relaxed),
        }
    }

    /// What making a hand-over may touch.
    #[must_use]
    pub fn handover(&self) -> handover::Deps<'_> {
        handover::Deps {
            store: &self.store,
            contexts: &self.contexts,
            claude: &self.claude,
            clock: &*self.clock,
            ids: &*self.ids,
            metrics: &*self.metrics,
        }
    }

    /// What telling people of an event may touch; `mailer` carries the mails.
    #[must_use]
    pub fn notify<'a>(&'a self, mailer: &'a dyn Mailer) -> notify::Deps<'a> {
        notify::Deps {
            store: &self.store,
            contexts: &self.contexts,
            mailer,
            clock: &*self.clock,
            metrics: &*self.metrics,
            links: &self.links,
            link_key: &self.link_key,
        }
    }

    /// What reminding customers may touch.
    #[must_use]
    pub fn reminder(&self) -> reminder::Deps<'_> {
        reminder::Deps { store: &self.store, clock: &*self.clock, ids: &*self.ids }
    }

    /// What setting up calendars may touch.
    #[must_use]
    pub fn calendar(&self) -> calendar::Deps<'_> {
        calendar::Deps {
            store: &self.store,
            clock: &*self.clock,
            ids: &*self.ids,
            fetch: &self.fetch,
            link_key: &self.link_key,
        }
    }

    /// What reading a resource's feed may touch.
    #[must_use]
    pub fn feed(&self) -> calendar::feed::Deps<'_> {
        calendar::feed::Deps {
            store: &self.store,
            contexts: &self.contexts,
            clock: &*self.clock,
            link_key: &self.link_key,
            host: self.links.host(),
        }
    }

    /// What looking at calendars may touch.
    #[must_use]
    pub fn calendar_sync(&self) -> calendar::sync::Deps<'_> {
        calendar::sync::Deps {
            store: &self.store,
            fetch: &self.fetch,
            clock: &*self.clock,
            ids: &*self.ids,
            host: self.links.host(),
        }
    }

    /// What importing articles may touch.
    #[must_use]
    pub fn import(&self) -> import::Deps<'_> {
        import::Deps { store: &self.store, fetch: &self.fetch, clock: &*self.clock, ids: &*self.ids }
    }

    /// What cleaning up may touch.
    #[must_use]
    pub fn cleanup(&self) -> cleanup::Deps<'_> {
        cleanup::Deps {
            store: &self.store,
            clock: &*self.clock,
            ids: &*self.ids,
            recount: recount::Deps { store: &self.store, metrics: &*self.metrics },
            payment: self.payment(),
        }
    }

    /// What keeping webhooks may touch.
    #[must_use]
    pub fn webhook(&self) -> webhook::Deps<'_> {
        webhook::Deps { store: &self.store, clock: &*self.clock, ids: &*self.ids, fetch: &self.fetch }
    }

    /// What sending to webhooks may touch.
    #[must_use]
    pub fn webhook_send(&self) -> webhook::send::Deps<'_> {
        webhook::send::Deps {
            store: &self.store,
            contexts: &self.contexts,
            fetch: &self.fetch,
            metrics: &*self.metrics,
            clock: &*self.clock,
            ids: &*self.ids,
        }
    }

    /// What announcing due deliveries may touch.
    #[must_use]
    pub fn webhook_due(&self) -> webhook::due::Deps<'_> {
        webhook::due::Deps { store: &self.store, clock: &*self.clock, ids: &*self.ids }
    }
}
