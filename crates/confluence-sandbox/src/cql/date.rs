//! Dates as queries write them, and the functions that give dates.

use jiff::{Span, Timestamp, ToSpan, ZonedDateTime, civil::DateTime};

use super::{
    ast::{Call, Value},
    document::Context,
    field::Function,
};

/// The instants that a date stands for: a day, or a minute when it has a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Interval {
    pub(super) start: Timestamp,
    /// The first instant after it.
    pub(super) end: Timestamp,
}

/// A date as written: its first moment, and whether it names a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    moment: DateTime,
    has_time: bool,
}

/// Reads `yyyy-MM-dd`, `yyyy/MM/dd`, and both with ` HH:mm`.
pub(super) fn parse(text: &str) -> Option<Written> {
    let (date, time) = match text.trim().split_once(char::is_whitespace) {
        Some((date, time)) => (date, Some(time.trim())),
        None => (text.trim(), None),
    };
    let separator = if date.contains('/') { '/' } else { '-' };
    let [year, month, day] = numbers(date, separator)?;
    let [hour, minute] = match time {
        Some(time) => numbers(time, ':')?,
        None => [0, 0],
    };
    if year < 1000 {
        return None;
    }
    let small = |number: i16| i8::try_from(number).ok();
    let moment =
        DateTime::new(year, small(month)?, small(day)?, small(hour)?, small(minute)?, 0, 0).ok()?;
    Some(Written { moment, has_time: time.is_some() })
}

fn numbers<const N: usize>(text: &str, separator: char) -> Option<[i16; N]> {
    let mut numbers = [0; N];
    let mut parts = text.split(separator);
    for number in &mut numbers {
        let part = parts.next()?;
        let digits = part.len() <= 4 && part.bytes().all(|it| it.is_ascii_digit());
        *number = if digits { part.parse().ok()? } else { return None };
    }
    if parts.next().is_some() { None } else { Some(numbers) }
}

/// A number of units of time, such as `-4w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Increment {
    amount: i64,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
}

impl Increment {
    /// Reads an increment; one without a unit counts in the natural unit of the function.
    pub(super) fn parse(text: &str, function: Function) -> Option<Self> {
        let text = text.trim();
        let (sign, rest) = match text.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, text.strip_prefix('+').unwrap_or(text)),
        };
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (amount, unit) = rest.split_at(digits);
        let amount = sign * i64::from(amount.parse::<u32>().ok()?);
        let unit = match unit {
            "y" => Unit::Year,
            "M" => Unit::Month,
            "w" => Unit::Week,
            "d" => Unit::Day,
            "h" => Unit::Hour,
            "m" => Unit::Minute,
            "" => natural_unit(function)?,
            _ => return None,
        };
        Some(Self { amount, unit })
    }

    /// The time span, unless it is longer than any calendar.
    fn span(self) -> Option<Span> {
        let span = Span::new();
        match self.unit {
            Unit::Year => span.try_years(self.amount),
            Unit::Month => span.try_months(self.amount),
            Unit::Week => span.try_weeks(self.amount),
            Unit::Day => span.try_days(self.amount),
            Unit::Hour => span.try_hours(self.amount),
            Unit::Minute => span.try_minutes(self.amount),
        }
        .ok()
    }
}

fn natural_unit(function: Function) -> Option<Unit> {
    match function {
        Function::StartOfDay | Function::EndOfDay => Some(Unit::Day),
        Function::StartOfWeek | Function::EndOfWeek => Some(Unit::Week),
        Function::StartOfMonth | Function::EndOfMonth => Some(Unit::Month),
        Function::StartOfYear | Function::EndOfYear => Some(Unit::Year),
        Function::Now
        | Function::CurrentContent
        | Function::CurrentSpace
        | Function::CurrentUser
        | Function::FavouriteSpaces
        | Function::RecentlyViewedContent
        | Function::RecentlyViewedSpaces => None,
    }
}

/// The instants that the value stands for; `None` beyond the calendar.
pub(super) fn resolve(value: &Value, context: &Context) -> Option<Interval> {
    match value {
        Value::Text(text) => {
            let written = parse(text)?;
            let start = written.moment.to_zoned_datetime(context.time_zone.clone()).ok()?;
            let length = if written.has_time { 1.minute() } else { 1.day() };
            let end = start.checked_add(length).ok()?.timestamp();
            Some(Interval { start: start.timestamp(), end })
        }
        Value::Call(call) => {
            let start = called(call, context)?.timestamp();
            Some(Interval { start, end: start.checked_add(1.minute()).ok()? })
        }
    }
}

fn called(call: &Call, context: &Context) -> Option<ZonedDateTime> {
    let now = context.now.to_zoned_datetime(context.time_zone.clone());
    // Weeks begin on Monday here; Confluence takes the first day of the site's language.
    let monday = || {
        let days = i64::from(now.weekday().to_monday_zero_offset());
        now.start_of_day().ok()?.checked_sub(days.days()).ok()
    };
    let first = |date: jiff::civil::Date| date.to_zoned_datetime(context.time_zone.clone()).ok();
    let month = || first(now.date().first_of_month());
    let year = || first(now.date().first_of_year());
    let last = |next: ZonedDateTime| next.checked_sub(1.millisecond()).ok();
    let moment = match call.function {
        Function::StartOfDay => now.start_of_day().ok()?,
        Function::EndOfDay => last(now.start_of_day().ok()?.checked_add(1.day()).ok()?)?,
        Function::StartOfWeek => monday()?,
        Function::EndOfWeek => last(monday()?.checked_add(1.week()).ok()?)?,
        Function::StartOfMonth => month()?,
        Function::EndOfMonth => last(month()?.checked_add(1.month()).ok()?)?,
        Function::StartOfYear => year()?,
        Function::EndOfYear => last(year()?.checked_add(1.year()).ok()?)?,
        Function::Now
        | Function::CurrentContent
        | Function::CurrentSpace
        | Function::CurrentUser
        | Function::FavouriteSpaces
        | Function::RecentlyViewedContent
        | Function::RecentlyViewedSpaces => now,
    };
    match call.arguments.first() {
        Some(text) => moment.checked_add(Increment::parse(text, call.function)?.span()?).ok(),
        None => Some(moment),
    }
}
