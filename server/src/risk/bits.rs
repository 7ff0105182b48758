//! Logarithms and powers to the base 2. The platform's own differ in the last place from one to another; these are made of additions,
//! multiplications and divisions, which do not.

/// The logarithm to the base 2 of a positive, finite, normal number, to about 1e-15.
pub(super) fn log2(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    let raw = x.to_bits();
    let mut exponent = (raw >> 52) as i64 - 1023;
    let mut mantissa = f64::from_bits((raw & MANTISSA) | (1023 << 52));
    if mantissa > std::f64::consts::SQRT_2 {
        mantissa *= 0.5;
        exponent += 1;
    }
    // ln m = 2 artanh((m - 1) / (m + 1)), and |s| is at most 0.172: twelve terms are enough.
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let square = s * s;
    let mut sum = 0.0;
    for odd in [23.0, 21.0, 19.0, 17.0, 15.0, 13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0] {
        sum = sum * square + 1.0 / odd;
    }
    exponent as f64 + 2.0 * s * sum * std::f64::consts::LOG2_E
}

/// Two to the power of a number, which is taken for -1000 or 1000 where it lies beyond.
pub(super) fn exp2(x: f64) -> f64 {
    let x = x.clamp(-1000.0, 1000.0);
    let whole = x.floor();
    let rest = (x - whole) * std::f64::consts::LN_2;
    let mut sum = 1.0;
    for n in (1..=20).rev() {
        sum = 1.0 + sum * rest / f64::from(n);
    }
    sum * f64::from_bits(((whole as i64 + 1023) as u64) << 52)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn they_agree_with_the_platform_and_undo_each_other() {
        for n in 1..2000 {
            let x = f64::from(n) * 0.0137;
            assert!((log2(x) - x.log2()).abs() < 1e-13, "log2 of {x}");
            assert!((exp2(log2(x)) / x - 1.0).abs() < 1e-13, "{x} there and back");
        }
        for (x, bits) in [(1.0, 0.0), (8.0, 3.0), (0.25, -2.0)] {
            assert_eq!(log2(x), bits, "log2 of {x}");
        }
    }
}
