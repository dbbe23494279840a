//! A trace that passes a real nginx: the headers arrive as they were sent.
//!
//! Needs the program `nginx`; where it is not installed the test says so and passes.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::net::{SocketAddr, TcpListener as StdListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;
use tracehound::testing::InMemory;
use tracehound_axum::TraceLayer;
use tracehound_tower::HeadersMut;

/// An nginx in front of one server; it ends with this value.
struct Nginx {
    process: Child,
    address: SocketAddr,
}

impl Nginx {
    fn start(program: &Path, folder: &Path, upstream: SocketAddr) -> Nginx {
        // Free now, and for as long as nobody else asks: nginx cannot be handed a socket.
        let address = StdListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = format!(
            "daemon off; master_process off; error_log stderr; pid {folder}/pid;
             events {{}}
             http {{
                 access_log off;
                 client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                 fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                 server {{ listen {address}; location / {{ proxy_pass http://{upstream}; }} }}
             }}",
            folder = folder.display()
        );
        let file = folder.join("nginx.conf");
        fs::write(&file, config).unwrap();
        let mut command = Command::new(program);
        command.arg("-p").arg(folder).arg("-c").arg(file).stdin(Stdio::null());
        let nginx = Nginx { process: command.spawn().unwrap(), address };
        for _ in 0..200 {
            if TcpStream::connect(address).is_ok() {
                return nginx;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("nginx does not listen on {address}");
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn nginx() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    folders.map(|folder| folder.join("nginx")).find(|program| program.is_file())
}

#[tokio::test]
async fn a_trace_passes_nginx() {
    let Some(program) = nginx() else {
        println!("skipped: nginx is not installed");
        return;
    };
    let styles = ("DD_TRACE_PROPAGATION_STYLE", "datadog,tracecontext,b3,b3multi,baggage");
    let memory = InMemory::new(&[styles, ("DD_TRACE_SAMPLE_RATE", "1")]);
    let app = Router::new()
        .route("/beers/{name}", get(|| async { "stout" }))
        .layer(TraceLayer::new().tracer(memory.tracer()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let upstream = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let folder = tempfile::tempdir().unwrap();
    let nginx = Nginx::start(&program, folder.path(), upstream);

    let client = memory.tracer().span("client").start();
    client.set_tag("_dd.origin", "synthetics").set_baggage("user.id", "Amélie ☕");
    let mut request = reqwest::Client::new().get(format!("http://{}/beers/stout", nginx.address)).build().unwrap();
    client.inject(&mut HeadersMut(request.headers_mut()));
    let answer = reqwest::Client::new().execute(request).await.unwrap();
    assert_eq!(answer.text().await.unwrap(), "stout");
    client.finish();

    let traces = memory.take();
    let (client, server) = (traces.find("client").unwrap(), traces.find("http.request").unwrap());
    assert_eq!((server.trace_id, server.parent_id), (client.trace_id, client.span_id));
    assert_eq!(server.resource, "GET /beers/{name}");
    assert_eq!(server.metrics["_sampling_priority_v1"], 2.0);
    assert_eq!(server.meta["_dd.p.dm"], "-3");
    assert_eq!(server.meta["_dd.origin"], "synthetics");
    assert_eq!(server.meta["baggage.user.id"], "Amélie ☕");
    assert!(!server.meta.contains_key("_dd.propagation_error"));
    assert!(server.links.is_empty(), "every style tells of one trace: {:?}", server.links);
}
