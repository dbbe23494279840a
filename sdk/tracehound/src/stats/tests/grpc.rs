use super::{from_number, from_text};

// Source: agent-protocol 6.2 and the codes of the gRPC specification.
#[test]
fn text_is_a_status_as_digits_or_by_name() {
    for (text, expected) in [
        ("0", Some("0")),
        ("14", Some("14")),
        ("014", Some("14")),
        ("OK", Some("0")),
        ("Canceled", Some("1")),
        ("CANCELLED", Some("1")),
        ("StatusCode.NOT_FOUND", Some("5")),
        ("StatusCode.NotFound", Some("5")),
        ("InvalidArgument", Some("3")),
        ("deadline_exceeded", Some("4")),
        ("Unauthenticated", Some("16")),
        ("17", None),
        ("-1", None),
        ("", None),
        ("TEAPOT", None),
        ("ÜNKNOWN", None),
        ("999999999999999999999999999999", None),
    ] {
        assert_eq!(from_text(text), expected, "{text}");
    }
    assert_eq!(from_text(&"unavailable".repeat(1_000)), None);
}

#[test]
fn a_number_is_a_status_if_it_is_a_code() {
    for (number, expected) in [
        (0.0, Some("0")),
        (16.0, Some("16")),
        (17.0, None),
        (-1.0, None),
        (0.5, None),
        (f64::NAN, None),
        (f64::INFINITY, None),
    ] {
        assert_eq!(from_number(number), expected, "{number}");
    }
}
