//! The widget's settings.

/// How a tenant's widget looks and behaves.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct WidgetConfig {}
