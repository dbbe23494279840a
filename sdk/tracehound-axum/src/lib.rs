//! Traces axum applications: one span per request, named by the matched route.
