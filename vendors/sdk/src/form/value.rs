//! Values of `input` as a browser sanitises them by type.

use super::text::is_space;

/// The value a browser makes of `raw` for an input of that type. `attr` reads the input's attributes.
pub(super) fn sanitise<'a>(type_name: &str, raw: &str, attr: impl Fn(&str) -> Option<&'a str>) -> String {
    match type_name {
        "text" | "search" | "tel" | "password" => strip_newlines(raw),
        "url" => strip_newlines(raw).trim_matches(is_space).to_owned(),
        "email" if attr("multiple").is_some() => {
            strip_newlines(raw).split(',').map(|a| a.trim_matches(is_space)).collect::<Vec<_>>().join(",")
        }
        "email" => strip_newlines(raw).trim_matches(is_space).to_owned(),
        "number" => keep(raw, number(raw).is_some()),
        "range" => range(raw, attr("min"), attr("max"), attr("step"), attr("value")),
        "color" => color(raw),
        "date" => keep(raw, date(raw)),
        "month" => keep(raw, month(raw).is_some()),
        "week" => keep(raw, week(raw)),
        "time" => keep(raw, time(raw).is_some()),
        "datetime-local" => local(raw),
        _ => raw.to_owned(),
    }
}

fn keep(raw: &str, valid: bool) -> String {
    if valid { raw.to_owned() } else { String::new() }
}

fn strip_newlines(raw: &str) -> String {
    raw.chars().filter(|c| !matches!(c, '\n' | '\r')).collect()
}

/// A valid floating-point number of HTML: no leading `+`, no white space, digits behind a point.
fn number(text: &str) -> Option<f64> {
    let body = text.strip_prefix('-').unwrap_or(text);
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], Some(&body[at + 1..])),
        None => (body, None),
    };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some((whole, part)) => (whole.is_empty() || digits(whole)) && digits(part),
        None => digits(mantissa),
    };
    let exponent_ok = exponent.is_none_or(|e| digits(e.strip_prefix(['+', '-']).unwrap_or(e)));
    if !(mantissa_ok && exponent_ok) {
        return None;
    }
    text.parse::<f64>().ok().filter(|n| n.is_finite())
}

fn range(
    raw: &str,
    min: Option<&str>,
    max: Option<&str>,
    attr_step: Option<&str>,
    default: Option<&str>,
) -> String {
    let low = min.and_then(number).unwrap_or(0.0);
    let high = max.and_then(number).unwrap_or(100.0);
    let middle = if high < low { low } else { low + (high - low) / 2.0 };
    let mut value = number(raw).unwrap_or(middle);
    if value > high {
        value = high;
    }
    if value < low {
        value = low;
    }
    let any = attr_step.is_some_and(|s| s.eq_ignore_ascii_case("any"));
    let step = attr_step.and_then(number).filter(|s| *s > 0.0).unwrap_or(1.0);
    // The steps start at `min`, else at the `value` attribute.
    let base = min.and_then(number).or_else(|| default.and_then(number)).unwrap_or(0.0);
    let mut stepped = value;
    if !any && high >= low {
        stepped = base + ((value - base) / step + 0.5).floor() * step;
        if stepped > high {
            stepped -= step;
        }
        if stepped < low {
            stepped += step;
        }
        if stepped > high || stepped < low {
            stepped = value;
        }
    }
    // Binary fractions are no decimal ones: 0.1 + 0.2 is to read 0.3.
    let digits = [Some(raw), min, max, default, attr_step]
        .into_iter()
        .flatten()
        .map(|t| t.split_once('.').map_or(0, |(_, part)| part.len()))
        .max()
        .unwrap_or(0)
        .clamp(1, 15);
    let text = format!("{stepped:.digits$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

fn color(raw: &str) -> String {
    let text = raw.trim_matches(is_space);
    let hex = text.strip_prefix('#').filter(|h| h.bytes().all(|b| b.is_ascii_hexdigit()));
    match hex.map(|h| (h, h.len())) {
        Some((h, 6 | 8)) => format!("#{}", h[..6].to_ascii_lowercase()),
        Some((h, 3 | 4)) => h[..3].chars().flat_map(|c| [c, c]).fold("#".to_owned(), |mut out, c| {
            out.push(c.to_ascii_lowercase());
            out
        }),
        _ => "#000000".to_owned(),
    }
}

fn fixed(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> Option<u32> {
    if text.len() != digits || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| range.contains(n))
}

fn month(text: &str) -> Option<(u32, u32)> {
    let (year, month) = text.rsplit_once('-')?;
    let year = (year.len() >= 4).then(|| fixed(year, year.len(), 1..=275_760))??;
    Some((year, fixed(month, 2, 1..=12)?))
}

fn leap(year: u32) -> bool {
    year.is_multiple_of(400) || (year.is_multiple_of(4) && !year.is_multiple_of(100))
}

fn date(text: &str) -> bool {
    let parse = || {
        let (head, day) = text.rsplit_once('-')?;
        let (year, month) = month(head)?;
        let days = match month {
            2 if leap(year) => 29,
            2 => 28,
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        fixed(day, 2, 1..=days)
    };
    parse().is_some()
}

fn week(text: &str) -> bool {
    let parse = || {
        let (year, week) = text.split_once("-W")?;
        let year = (year.len() >= 4).then(|| fixed(year, year.len(), 1..=275_760))??;
        // Day of the week of 1 January, 0 = Sunday; a year has 53 weeks where it begins on a Thursday, or on a
        // Wednesday in a leap year.
        let y = year - 1;
        let first = (1 + y + y / 4 - y / 100 + y / 400) % 7;
        let weeks = if first == 4 || (first == 3 && leap(year)) { 53 } else { 52 };
        fixed(week, 2, 1..=weeks)
    };
    parse().is_some()
}

/// Hour and minute, and the seconds as written.
fn time(text: &str) -> Option<(&str, &str)> {
    let (minutes, seconds) =
        if text.len() > 5 && text.is_char_boundary(5) { text.split_at(5) } else { (text, "") };
    let (hour, minute) = minutes.split_once(':')?;
    fixed(hour, 2, 0..=23)?;
    fixed(minute, 2, 0..=59)?;
    if let Some(rest) = seconds.strip_prefix(':') {
        let (whole, part) = rest.split_once('.').unwrap_or((rest, "0"));
        fixed(whole, 2, 0..=59)?;
        if part.is_empty() || part.len() > 3 || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
    } else if !seconds.is_empty() {
        return None;
    }
    Some((minutes, seconds))
}

/// A local date and time, normalised: `T` between, the shortest time.
fn local(text: &str) -> String {
    let Some((day, clock)) = text.split_once(['T', ' ']) else { return String::new() };
    let (true, Some((minutes, seconds))) = (date(day), time(clock)) else { return String::new() };
    let seconds = match seconds.split_once('.') {
        Some((whole, part)) => {
            let part = part.trim_end_matches('0');
            if part.is_empty() { whole.to_owned() } else { format!("{whole}.{part}") }
        }
        None => seconds.to_owned(),
    };
    let seconds = if seconds == ":00" { "" } else { &seconds };
    format!("{day}T{minutes}{seconds}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(type_name: &str, raw: &str) -> String {
        sanitise(type_name, raw, |_| None)
    }

    #[test]
    fn single_lines_lose_their_breaks_and_hidden_values_keep_them() {
        assert_eq!(plain("text", "a\r\nb\nc"), "abc");
        assert_eq!(plain("password", " p\n "), " p ");
        assert_eq!(plain("url", " http://a\n/ "), "http://a/");
        assert_eq!(plain("email", " a@b.c\n"), "a@b.c");
        assert_eq!(sanitise("email", " a@b , c@d ", |n| (n == "multiple").then_some("")), "a@b,c@d");
        assert_eq!(plain("hidden", "a\r\nb"), "a\r\nb");
    }

    #[test]
    fn numbers() {
        for good in ["0", "-1", "25", "1.5", ".5", "1e3", "-1E-3", "007"] {
            assert_eq!(plain("number", good), good);
        }
        for bad in ["", "+1", "1.", "abc", " 1", "1 ", "1e", "--1", "0x10", "1e999", "NaN", "inf"] {
            assert_eq!(plain("number", bad), "");
        }
    }

    #[test]
    fn ranges_are_clamped_and_stepped() {
        let r = |raw: &'static str,
                 min: Option<&'static str>,
                 max: Option<&'static str>,
                 step: Option<&'static str>| {
            sanitise("range", raw, |n| match n {
                "min" => min,
                "max" => max,
                "step" => step,
                _ => None,
            })
        };
        assert_eq!(r("", None, None, None), "50");
        assert_eq!(r("x", Some("1"), Some("10"), None), "6");
        assert_eq!(r("200", None, None, None), "100");
        assert_eq!(r("-5", None, None, None), "0");
        assert_eq!(r("7", Some("0"), Some("10"), Some("5")), "5");
        assert_eq!(r("8", Some("0"), Some("10"), Some("5")), "10");
        assert_eq!(r("3.3", None, None, Some("any")), "3.3");
        assert_eq!(r("5", Some("10"), Some("1"), None), "10");
    }

    #[test]
    fn dates_and_times() {
        assert_eq!(plain("date", "2024-02-29"), "2024-02-29");
        assert_eq!(plain("date", "2023-02-29"), "");
        assert_eq!(plain("date", "23-02-01"), "");
        assert_eq!(plain("month", "2024-12"), "2024-12");
        assert_eq!(plain("month", "2024-13"), "");
        assert_eq!(plain("week", "2026-W53"), "2026-W53");
        assert_eq!(plain("week", "2025-W53"), "");
        assert_eq!(plain("time", "23:59"), "23:59");
        assert_eq!(plain("time", "23:59:59.5"), "23:59:59.5");
        assert_eq!(plain("time", "24:00"), "");
        assert_eq!(plain("time", "1:00"), "");
        assert_eq!(plain("datetime-local", "2024-01-02 03:04:00"), "2024-01-02T03:04");
        assert_eq!(plain("datetime-local", "2024-01-02T03:04:05.120"), "2024-01-02T03:04:05.12");
        assert_eq!(plain("datetime-local", "2024-01-02"), "");
        assert_eq!(plain("time", "12:3é:00"), "");
    }

    #[test]
    fn colours() {
        assert_eq!(plain("color", "#AABBCC"), "#aabbcc");
        assert_eq!(plain("color", "nothing"), "#000000");
        assert_eq!(plain("color", ""), "#000000");
    }
}
