//! What the use cases of webhooks are lent.

use super::Services;
use crate::app::webhook;

impl Services {
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
