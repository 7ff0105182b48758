use super::*;
use std::fmt::Write as _;
use std::io::Write as _;

/// Two users with habits of their own; every hundredth row of the second hundred is the other one's.
fn file() -> String {
    let mut file = String::from("id,time,user,ip,device,credential,test,label,remark\n");
    for n in 0..400 {
        let foreign = n % 100 == 99;
        let user = n % 2;
        let of = if foreign { 1 - user } else { user };
        let (day, minute) = (n / 20 + 1, n % 20);
        let _ = writeln!(
            file,
            "{n},2026-01-{day:02}T{:02}:{minute:02}:00Z,u{user},10.0.{of}.1,d{of},c{},1,{},x",
            8 + of * 6,
            n / 2 % 3 + of * 3,
            u8::from(foreign)
        );
    }
    let mut lines: Vec<&str> = file.lines().collect();
    lines[1..].sort_by_key(|line| line.split(',').nth(1).map(str::to_owned));
    lines.join("\n")
}

#[test]
fn foreign_rows_come_first_plain_or_packed() {
    let file = file();
    let plain = evaluate(file.as_bytes()).unwrap();
    assert_eq!((plain.rows, plain.labels), (400, 4));
    assert_eq!(plain.risk.precision_at_k, 1.0, "{plain:?}");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(file.as_bytes()).unwrap();
    assert_eq!(evaluate(packed.finish().unwrap().as_slice()), Ok(plain));
}

#[test]
fn errors_name_the_line_and_the_column() {
    let error = |from: &str, to: &str| evaluate(file().replacen(from, to, 1).as_bytes()).unwrap_err();
    assert!(error("credential", "account").starts_with("line 1: there is no column credential;"));
    assert_eq!(
        error("2026-01-01T08:02:00Z", "yesterday"),
        "line 3, column time: \"yesterday\" is not a time; it has to be like 2026-01-31T23:59:59Z"
    );
    assert_eq!(error(",1,0,x", ",1,no,x"), "line 2, column label: \"no\" is neither 0 nor 1");
    assert_eq!(error(",1,0,x", ",1,0"), "line 2: it has 8 fields; the header has 9");
    assert!(error("2026-01-01T08:02:00Z", "2025-01-01T08:02:00Z").starts_with("line 3, column time: it is earlier"));
    let nothing = evaluate("time,user,credential,label\n".as_bytes()).unwrap_err();
    assert!(nothing.starts_with("of 0 rows that can be compared"), "{nothing}");
}
