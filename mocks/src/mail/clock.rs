//! Today's date in the two spellings that mail needs. The lab has no other use for a calendar.

use std::time::{SystemTime, UNIX_EPOCH};

/// `2026-01-30T18:27:55.030Z`, as in the brackets at the end of a reply.
pub(super) fn iso(now: SystemTime) -> String {
    let time = Civil::at(now);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year, time.month, time.day, time.hour, time.minute, time.second, time.millis
    )
}

/// `Fri, 30 Jan 2026 18:27:55 +0000`, as in a Date header or a banner.
pub(super) fn rfc5322(now: SystemTime) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] =
        ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let time = Civil::at(now);
    format!(
        "{}, {} {} {:04} {:02}:{:02}:{:02} +0000",
        // Day 0 of the epoch was a Thursday.
        DAYS[(time.days % 7) as usize],
        time.day,
        MONTHS[(time.month - 1) as usize],
        time.year,
        time.hour,
        time.minute,
        time.second
    )
}

/// Seconds since 1970.
pub(super) fn seconds(now: SystemTime) -> u64 {
    now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

struct Civil {
    days: u64,
    year: u64,
    month: u64,
    day: u64,
    hour: u64,
    minute: u64,
    second: u64,
    millis: u32,
}

impl Civil {
    fn at(now: SystemTime) -> Self {
        // A clock before 1970 is shown as 1970.
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let seconds = since.as_secs();
        let days = seconds / 86_400;
        // Days counted from 1 March of year 0, so that the leap day is the last of its year; 146097 days are
        // 400 years.
        let shifted = days + 719_468;
        let (era, of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            days,
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: of_year - (153 * month_from_march + 2) / 5 + 1,
            hour: seconds % 86_400 / 3_600,
            minute: seconds % 3_600 / 60,
            second: seconds % 60,
            millis: since.subsec_millis(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn known_days() {
        let at = |seconds: u64| UNIX_EPOCH + Duration::from_millis(seconds * 1000 + 30);
        assert_eq!(iso(at(0)), "1970-01-01T00:00:00.030Z");
        assert_eq!(rfc5322(at(0)), "Thu, 1 Jan 1970 00:00:00 +0000");
        assert_eq!(iso(at(951_782_400)), "2000-02-29T00:00:00.030Z");
        assert_eq!(rfc5322(at(1_769_797_675)), "Fri, 30 Jan 2026 18:27:55 +0000");
        assert_eq!(iso(at(1_798_761_599)), "2026-12-31T23:59:59.030Z");
    }
}
