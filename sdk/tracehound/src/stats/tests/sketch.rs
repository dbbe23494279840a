use super::super::tests::Decoded;
use super::*;

fn of(durations_ns: &[u64]) -> Decoded {
    Decoded::read(&bytes_of(durations_ns))
}

fn bytes_of(durations_ns: &[u64]) -> Vec<u8> {
    let mut sketch = Sketch::default();
    durations_ns.iter().for_each(|&duration| sketch.add(duration));
    let mut bytes = Vec::new();
    sketch.write(&mut bytes);
    bytes
}

/// Durations from a microsecond to about a minute, as many in each decade.
fn spread_over_decades(len: u64) -> Vec<u64> {
    let mut state = 1_u64;
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let decades = 3.0 + 7.8 * ((state >> 11) as f64 / (1_u64 << 53) as f64);
            10_f64.powf(decades) as u64
        })
        .collect()
}

#[test]
fn the_mapping_is_the_agents() {
    let accuracy = 0.01_f64;
    assert_eq!(GAMMA, (1.0 + accuracy) / (1.0 - accuracy));
    assert_eq!(BINS_PER_E, 1.0 / (2.0 * accuracy / (1.0 - accuracy)).ln_1p());
}

// Computed with fifty decimal digits: floor(ln(d) / ln(1.01 / 0.99)), where d is the duration cut to nine binary digits after the first.
#[test]
fn a_duration_has_the_bin_of_the_published_formula() {
    for (duration_ns, expected) in [
        (1, 0),
        (2, 34),
        (10, 115),
        (999, 345),
        (1_000, 345),
        (1_025, 346),
        (123_456, 586),
        (1_000_000, 690),
        // Before it is cut, it belongs to bin 691.
        (1_004_963, 690),
        (10_000_001, 805),
        (1_000_000_000, 1_036),
        (3_600_000_000_000, 1_445),
        (86_400_000_000_000, 1_604),
    ] {
        assert_eq!(of(&[duration_ns]).counts, [(expected, 1.0)].into(), "{duration_ns} ns");
    }
}

#[test]
fn the_bytes_are_those_of_the_schema() {
    let gamma = [0xfd, 0x4a, 0x81, 0x5a, 0xbf, 0x52, 0xf0, 0x3f];
    let one = [0, 0, 0, 0, 0, 0, 0xf0, 0x3f];
    let empty = [&[0x0a, 9, 0x09][..], &gamma, &[0x12, 0, 0x1a, 0]].concat();
    assert_eq!(bytes_of(&[]), empty);
    assert_eq!(bytes_of(&[0]), [&empty[..], &[0x21], &one].concat());
    let store = [&[0x12, 13, 0x12, 8][..], &one, &[0x18, 0xe4, 0x0a, 0x1a, 0]].concat();
    assert_eq!(bytes_of(&[1_000_000]), [&empty[..11], &store].concat());
}

#[test]
fn every_quantile_is_right_within_one_per_cent_of_the_rounded_duration() {
    let far_apart = [vec![1_500; 70], vec![90_000_000_000; 30]].concat();
    for mut durations in [spread_over_decades(10_000), spread_over_decades(3), vec![123_456_789; 100], far_apart] {
        let sketch = of(&durations);
        durations.sort_unstable();
        for quantile in [0.0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0] {
            let exact = durations[(quantile * (durations.len() - 1) as f64) as usize] as f64;
            let ratio = sketch.quantile(quantile) / exact;
            // Cutting to nine binary digits takes up to 1 / 512 away.
            assert!((0.99 * (1.0 - 1.0 / 512.0)..=1.01).contains(&ratio), "{quantile}: {ratio}");
        }
    }
}

#[test]
fn no_duration_is_lost() {
    let durations = [spread_over_decades(1_000), vec![0; 7], vec![1, u64::MAX, u64::MAX - 1]].concat();
    let sketch = of(&durations);
    assert_eq!(sketch.total(), 1_010.0);
    assert_eq!(sketch.zeros, 7.0);
}

#[test]
fn durations_of_decades_share_the_last_of_the_bins() {
    let nineteen_years_ns = 19 * 365 * 86_400 * 1_000_000_000;
    let sketch = of(&[1, nineteen_years_ns, 10 * nineteen_years_ns, u64::MAX]);
    assert_eq!(sketch.counts, [(0, 1.0), (2_046, 1.0), (2_047, 2.0)].into());
}
