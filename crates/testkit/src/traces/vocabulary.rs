//! What generated traces speak of: a shop with eight services. At most 40 tag keys altogether, 12 or 13 in a span.

/// One kind of work.
pub(crate) struct Operation {
    pub(crate) service: &'static str,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) resources: &'static [&'static str],
    /// Tags beside those of [`EVERYWHERE`].
    pub(crate) tags: &'static [(&'static str, Value)],
    /// Which operations it calls, as places in [`OPERATIONS`]; none for the end of the line.
    pub(crate) calls: &'static [usize],
}

/// How the value of a tag is made up.
#[derive(Clone, Copy)]
pub(crate) enum Value {
    /// Always the same.
    Fixed(&'static str),
    /// One of a few.
    OneOf(&'static [&'static str]),
    /// A number below this, behind a text.
    Numbered(&'static str, u64),
    /// This many hex digits: another one each time.
    Hex(usize),
}

use Value::{Fixed, Hex, Numbered, OneOf};

/// Tags of every span.
pub(crate) const EVERYWHERE: &[(&str, Value)] = &[
    ("env", Fixed("production")),
    ("version", OneOf(&["2026.11.3", "2026.11.4"])),
    ("language", Fixed("python")),
    (
        "runtime-id",
        OneOf(&[
            "8d1f1dc0a2b84a5c9a4be35c04a0b7d1",
            "f2c2c0e37d6f4f27a9f0c3a5f7c1e6b4",
            "0b6a1f9e5c3d47e2b8f4d2a19c7e5f30",
        ]),
    ),
    ("host", Numbered("node-", 12)),
    ("region", OneOf(&["eu-central-1", "us-east-1"])),
];

/// Numbers of every span: key and the greatest value.
pub(crate) const METRICS: [(&str, u64); 3] = [("process_id", 40), ("payload.bytes", 60_000), ("queue.depth", 9)];

const GET_OR_POST: Value = OneOf(&["GET", "GET", "GET", "POST"]);
const STATUS: Value = OneOf(&["200", "200", "200", "200", "201", "204", "404"]);
const AGENTS: Value = OneOf(&[
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15",
    "okhttp/5.3.0",
]);

/// All kinds of work. A trace begins with the first.
pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        service: "storefront",
        name: "flask.request",
        kind: "web",
        resources: &["GET /", "GET /products/<id>", "POST /cart", "POST /checkout", "GET /search"],
        tags: &[
            ("component", Fixed("flask")),
            ("span.kind", Fixed("server")),
            ("http.method", GET_OR_POST),
            ("http.status_code", STATUS),
            ("http.url", Numbered("https://shop.example/products/", 90_000)),
            ("http.useragent", AGENTS),
            ("customer.id", Numbered("c-", 2_000_000)),
        ],
        calls: &[1, 4, 5, 5, 6, 7],
    },
    Operation {
        service: "requests",
        name: "requests.request",
        kind: "http",
        resources: &["GET /stock", "POST /orders", "GET /prices", "POST /payments"],
        tags: &[
            ("component", Fixed("requests")),
            ("span.kind", Fixed("client")),
            ("http.method", GET_OR_POST),
            ("http.status_code", STATUS),
            ("out.host", OneOf(&["orders.internal", "payments.internal"])),
            ("_dd.base_service", Fixed("storefront")),
        ],
        calls: &[2, 3],
    },
    Operation {
        service: "orders",
        name: "aiohttp.request",
        kind: "web",
        resources: &["POST /orders", "GET /orders/<id>", "GET /stock"],
        tags: &[
            ("component", Fixed("aiohttp")),
            ("span.kind", Fixed("server")),
            ("http.method", GET_OR_POST),
            ("http.status_code", STATUS),
            ("order.id", Numbered("o-", 900_000)),
            ("request.id", Hex(32)),
        ],
        calls: &[4, 5, 5, 6],
    },
    Operation {
        service: "payments",
        name: "grpc.server",
        kind: "rpc",
        resources: &["/payments.Payments/Charge", "/payments.Payments/Refund"],
        tags: &[
            ("component", Fixed("grpc_server")),
            ("span.kind", Fixed("server")),
            ("grpc.method.kind", Fixed("unary")),
            ("rpc.service", Fixed("payments.Payments")),
            ("payment.method", OneOf(&["card", "transfer", "wallet"])),
            ("payment.id", Hex(16)),
            ("currency", OneOf(&["EUR", "USD", "CHF"])),
        ],
        calls: &[5, 7],
    },
    Operation {
        service: "sessions",
        name: "redis.command",
        kind: "redis",
        resources: &["GET", "SETEX", "MGET", "INCR"],
        tags: &[
            ("component", Fixed("redis")),
            ("span.kind", Fixed("client")),
            ("redis.key", Numbered("session:", 500_000)),
            ("out.host", Fixed("redis.internal")),
            ("db.name", OneOf(&["0", "1"])),
            ("db.system", Fixed("redis")),
        ],
        calls: &[],
    },
    Operation {
        service: "catalogue-db",
        name: "postgres.query",
        kind: "sql",
        resources: &[
            "SELECT id, name, price FROM products WHERE id = ?",
            "SELECT * FROM stock WHERE product = ? AND warehouse = ?",
            "DELETE FROM carts WHERE customer = ?",
            "UPDATE carts SET items = ? WHERE id = ?",
        ],
        tags: &[
            ("component", Fixed("psycopg")),
            ("span.kind", Fixed("client")),
            ("db.system", Fixed("postgresql")),
            ("db.name", OneOf(&["catalogue", "orders"])),
            ("db.user", Fixed("shop")),
            ("out.host", OneOf(&["db-1.internal", "db-2.internal"])),
        ],
        calls: &[],
    },
    Operation {
        service: "mail",
        name: "celery.apply",
        kind: "worker",
        resources: &["mail.confirm", "mail.remind"],
        tags: &[
            ("component", Fixed("celery")),
            ("span.kind", Fixed("producer")),
            ("celery.id", Hex(32)),
            ("celery.action", Fixed("apply_async")),
            ("messaging.system", Fixed("rabbitmq")),
            ("messaging.destination", OneOf(&["mail", "mail-low"])),
        ],
        calls: &[4],
    },
    Operation {
        service: "pricing",
        name: "price.compute",
        kind: "",
        resources: &["discounts", "taxes", "shipping"],
        tags: &[
            ("component", Fixed("pricing")),
            ("span.kind", Fixed("internal")),
            ("rules.version", OneOf(&["41", "42"])),
            ("country", OneOf(&["DE", "CH", "FR", "US", "AT"])),
            ("basket.size", Numbered("", 20)),
            ("feature.flag", OneOf(&["none", "new-discounts"])),
        ],
        calls: &[5],
    },
];

/// What a failed span has besides.
pub(crate) const ERROR_TAGS: [(&str, Value); 3] = [
    ("error.type", OneOf(&["TimeoutError", "shop.errors.OutOfStock"])),
    ("error.message", OneOf(&["timed out after 2 s", "no stock left"])),
    (
        "error.stack",
        Fixed(
            "Traceback (most recent call last):\n  File \"shop/orders.py\", line 112, in place\n    stock.take(item)\n",
        ),
    ),
];
