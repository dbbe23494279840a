use super::quantize;

fn quantized(list: &str) -> String {
    let mut out = Vec::new();
    quantize(list, &mut out);
    String::from_utf8(out).unwrap()
}

// Source: agent-protocol 4.9 and what the agent makes of these values.
#[test]
fn addresses_become_alike_and_what_is_around_them_stays() {
    for (list, expected) in [
        ("192.168.1.1", "blocked-ip-address"),
        ("192.168.1.1.foo", "blocked-ip-address.foo"),
        ("192.168.1.1.2.3.4.5", "blocked-ip-address.2.3.4.5"),
        ("192_168_1_1", "blocked-ip-address"),
        ("192-168-1-1-foo", "blocked-ip-address-foo"),
        ("192.168.1.1:1234", "blocked-ip-address:1234"),
        ("2001:db8:3333:4444:CCCC:DDDD:EEEE:FFFF", "blocked-ip-address"),
        ("2001:db8:3c4d:15::1a2f:1a2b", "blocked-ip-address"),
        ("fe80::1%eth0", "blocked-ip-address"),
        ("[fe80::1ff:fe23:4567:890a]:8080", "blocked-ip-address:8080"),
        ("dnspoll:///10.21.120.145:6400", "dnspoll:///blocked-ip-address:6400"),
        ("https://10.21.120.145:6400", "https://blocked-ip-address:6400"),
        ("ip-10-152-4-129.ec2.internal", "ip-blocked-ip-address.ec2.internal"),
        ("10-60-160-172.my-service.svc.cluster.local", "blocked-ip-address.my-service.svc.cluster.local"),
    ] {
        assert_eq!(quantized(list), expected, "{list}");
    }
}

#[test]
fn what_is_no_address_or_the_same_everywhere_stays() {
    for list in [
        "",
        "foo.dog",
        "127.0.0.1",
        "127.0.0.1:8126",
        "::1",
        "169.254.169.254",
        "fd00:ec2::254",
        "169.254.170.2",
        "dnspoll:///abc.cluster.local:50051",
        "1.2.3",
        "1.2.3.",
        "1.2.3.4.",
        "1..2.3",
        ".1.2.3.4",
        "1.2.3.256",
        "01.2.3.4",
        "1.2-3.4",
        "1234567890",
        "[::2]",
        "http:/",
        "ip-",
        ":",
        "é.1.2.3",
    ] {
        assert_eq!(quantized(list), list);
    }
}

#[test]
fn a_list_names_each_entry_once() {
    for (list, expected) in [
        (
            "192.168.1.1:1234,10.23.1.1:53,10.23.1.1,fe80::1ff:fe23:4567:890a,foo.dog",
            "blocked-ip-address:1234,blocked-ip-address:53,blocked-ip-address,foo.dog",
        ),
        ("http://172.24.1.1:80,172.24.1.2:80,172.24.1.3:80", "http://blocked-ip-address:80,blocked-ip-address:80"),
        ("a,b,a,ab", "a,b,ab"),
        ("a,,b,", "a,,b"),
        (",", ""),
    ] {
        assert_eq!(quantized(list), expected, "{list}");
    }
}

#[test]
fn a_list_ends_after_sixty_four_entries() {
    let list: Vec<String> = (0..10_000).map(|n| format!("host{n}")).collect();
    assert_eq!(quantized(&list.join(",")), list[..64].join(","));
}
