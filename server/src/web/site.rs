//! The files of the site: embedded in a release binary, read from disk in a debug one. What the browser half was built into
//! is called by the hash of its content, so that it may be cached for ever; all is compressed beforehand.

use app::shell::Assets;
use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use rust_embed::{EmbeddedFile, RustEmbed};

/// What cargo-leptos leaves behind. Absent before the first build of the browser half: then there are no files.
#[derive(RustEmbed)]
#[folder = "../target/site"]
#[allow_missing = true]
struct Files;

/// Where the built files are.
const PKG: &str = "pkg/";

/// For names with a hash.
const FOR_EVER: &str = "public, max-age=31536000, immutable";

/// For names without: a browser asks again each time, and is mostly told that nothing changed.
const ASK_AGAIN: &str = "no-cache";

/// Whether the browser half was there when this was built. Without it pages are painted and do not wake.
#[must_use]
pub fn is_built() -> bool {
    Files::get("pkg/orrery.wasm").is_some()
}

/// What the document links to.
#[must_use]
pub fn assets() -> Assets {
    Assets {
        js: hashed("pkg/orrery.js"),
        wasm: hashed("pkg/orrery.wasm"),
        css: hashed("pkg/orrery.css"),
    }
}

/// Answers requests for files; all others go on.
pub async fn serve(request: Request, next: Next) -> Response {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let path = request.uri().path().trim_start_matches('/');
    if !is_read || path.is_empty() {
        return next.run(request).await;
    }
    if path.starts_with(PKG) {
        return built(path, request.headers()).unwrap_or_else(|| StatusCode::NOT_FOUND.into_response());
    }
    match Files::get(path) {
        Some(file) => respond(path, file, ASK_AGAIN, request.headers()),
        None => next.run(request).await,
    }
}

/// A built file by its hashed name. A hash of another build is not found: a page must not mix two.
fn built(path: &str, headers: &HeaderMap) -> Option<Response> {
    let (stem, rest) = path.split_once('.')?;
    let (hash, extension) = rest.split_once('.')?;
    let name = format!("{stem}.{extension}");
    let file = Files::get(&name)?;
    (hash == short_hash(&file)).then(|| respond(&name, file, FOR_EVER, headers))
}

fn respond(name: &str, file: EmbeddedFile, cache: &'static str, request: &HeaderMap) -> Response {
    let etag = format!("\"{}\"", short_hash(&file));
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type(name)));
    if let Ok(value) = HeaderValue::try_from(&etag) {
        headers.insert(header::ETAG, value);
    }
    if request
        .get(header::IF_NONE_MATCH)
        .is_some_and(|known| known.as_bytes() == etag.as_bytes())
    {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let (encoding, file) = compressed(name, request).map_or((None, file), |(encoding, file)| (Some(encoding), file));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    (headers, file.data).into_response()
}

/// The smallest form that was made beforehand and that the browser takes.
fn compressed(name: &str, request: &HeaderMap) -> Option<(&'static str, EmbeddedFile)> {
    let accepted = request.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |coding: &str| {
        accepted.split(',').any(|one| {
            let (name, quality) = one.split_once(';').unwrap_or((one, ""));
            name.trim().eq_ignore_ascii_case(coding) && !quality.trim().eq_ignore_ascii_case("q=0")
        })
    };
    let forms = [("br", "br"), ("gzip", "gz")];
    forms
        .into_iter()
        .filter(|(coding, _)| takes(coding))
        .find_map(|(coding, suffix)| Files::get(&format!("{name}.{suffix}")).map(|file| (coding, file)))
}

fn hashed(name: &str) -> String {
    let hash = Files::get(name).map_or_else(|| "0".to_owned(), |file| short_hash(&file));
    let (stem, extension) = name.split_once('.').unwrap_or((name, ""));
    format!("/{stem}.{hash}.{extension}")
}

/// 64 bits of SHA-256: enough to tell builds apart.
fn short_hash(file: &EmbeddedFile) -> String {
    file.metadata.sha256_hash()[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "html" => "text/html; charset=utf-8",
        "ico" => "image/x-icon",
        "js" => "text/javascript; charset=utf-8",
        "json" | "webmanifest" => "application/json",
        "png" => "image/png",
        "svg" => "image/svg+xml",
        "txt" => "text/plain; charset=utf-8",
        "wasm" => "application/wasm",
        _ => "application/octet-stream",
    }
}
