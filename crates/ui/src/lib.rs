//! The web pages as bytes: what `vite build` made of `ui/`, embedded in the binary.
//!
//! Files under `/assets/` carry a hash of their content in their name and never change, so browsers may keep them for good;
//! everything else is asked for anew each time. The build script makes the table; with `TRACEHOUND_UI=skip` it is empty and
//! the one page says so.

/// A file of the web UI, ready to be answered.
#[derive(Debug)]
pub struct Asset {
    /// Path of the request that it answers, with the leading slash: `/assets/index-D5e6A4Vd.css`.
    pub path: &'static str,
    /// The body, as it is sent.
    pub bytes: &'static [u8],
    /// Value of the `content-type` header.
    pub content_type: &'static str,
    /// Whether the content of this path can never change.
    pub immutable: bool,
}

include!(concat!(env!("OUT_DIR"), "/table.rs"));

/// The file at a request's path (leading slash, no query), if there is one. Pages have none: they are all [`index`].
#[must_use]
pub fn asset(path: &str) -> Option<&'static Asset> {
    let at = ASSETS.binary_search_by(|asset| asset.path.cmp(path)).ok()?;
    ASSETS.get(at)
}

/// The one HTML document, for `/` and every address below `/apm/`; its script shows the page that the address asks for.
#[must_use]
pub fn index() -> &'static Asset {
    &INDEX
}

#[cfg(test)]
mod tests;
