//! Routes: which function serves which method and path, with API Gateway's own precedence.

use std::collections::BTreeMap;

/// One route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    /// The method, in upper case.
    pub method: String,
    /// The path's template, as `/v1/public/chat/confirm/{proposalId}`.
    pub path: String,
    /// The function that serves it.
    pub function: String,
    /// Whether the answer is sent as it comes.
    pub streams: bool,
}

/// A route with the parts of the path that its template names.
#[derive(Debug)]
pub struct Matched<'a> {
    /// The route.
    pub route: &'a Route,
    /// The named parts, percent-decoded as API Gateway hands them on.
    pub parts: BTreeMap<&'a str, String>,
}

/// Every route.
#[derive(Debug, Clone, Default)]
pub struct Routes(Vec<Route>);

impl Routes {
    /// All of `routes`, plain segments before named ones.
    #[must_use]
    pub fn new(mut routes: Vec<Route>) -> Self {
        let shape = |path: &str| path.split('/').map(|segment| segment.starts_with('{')).collect::<Vec<_>>();
        routes.sort_by_cached_key(|route| (shape(&route.path), route.path.clone(), route.method.clone()));
        Self(routes)
    }

    /// The route of a request; none when no function serves it.
    #[must_use]
    pub fn find<'a>(&'a self, method: &str, path: &str) -> Option<Matched<'a>> {
        self.0
            .iter()
            .filter(|route| route.method == method)
            .find_map(|route| parts(&route.path, path).map(|parts| Matched { route, parts }))
    }

    /// Claims that some function serves `path` with some method.
    #[must_use]
    pub fn knows(&self, path: &str) -> bool {
        self.0.iter().any(|route| parts(&route.path, path).is_some())
    }

    /// Every route, in the order they are tried.
    pub fn iter(&self) -> impl Iterator<Item = &Route> + Clone {
        self.0.iter()
    }
}

/// The named parts of `path`, if it has the shape of `template`. A named part is never empty.
fn parts<'a>(template: &'a str, path: &str) -> Option<BTreeMap<&'a str, String>> {
    let mut given = path.split('/');
    let mut parts = BTreeMap::new();
    for wanted in template.split('/') {
        let segment = given.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(_) if segment.is_empty() => return None,
            Some(name) => drop(parts.insert(name, decoded(segment))),
            None if wanted == segment => {}
            None => return None,
        }
    }
    given.next().is_none().then_some(parts)
}

/// `segment` without its percent encoding; what is no text stays as it is.
fn decoded(segment: &str) -> String {
    // A plus is a plus in a path, and only in a query a space.
    let pairs = segment.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    let decoded = url::form_urlencoded::parse(pairs.as_bytes()).next().map(|(text, _)| text.into_owned());
    decoded.filter(|text| !text.contains('\u{fffd}')).unwrap_or_else(|| segment.to_owned())
}
