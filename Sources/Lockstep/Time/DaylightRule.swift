/// How a time zone changes its clocks every year, without an end (the footer of a TZif file, RFC 9636, section 3.3.1).
struct DaylightRule: Sendable, Hashable {
    /// When in a year clocks change.
    struct Change: Sendable, Hashable {
        /// The day of the year.
        enum Day: Sendable, Hashable {
            /// The n-th weekday of a month, 0 is Sunday; the fifth is the last.
            case weekday(Int, week: Int, month: Int)
            /// Counted from 1, never 29 February.
            case julian(Int)
            /// Counted from 0, leap days too.
            case ordinal(Int)
        }

        let day: Day
        /// Seconds after local midnight; may be negative, or past the day.
        let time: Int

        /// Local seconds since 1970, as if they were UTC.
        func seconds(in year: Int) -> Int64 {
            Int64(Self.days(of: day, in: year)) * 86_400 + Int64(time)
        }

        private static func days(of day: Day, in year: Int) -> Int {
            let first = Self.first(of: 1, in: year)
            switch day {
            case .ordinal(let number): return first + number
            case .julian(let number):
                let isLeap = Self.first(of: 3, in: year) - first == 60
                return first + number - 1 + (isLeap && number >= 60 ? 1 : 0)
            case .weekday(let weekday, let week, let month):
                let begin = Self.first(of: month, in: year)
                let end = month == 12 ? Self.first(of: 1, in: year + 1) : Self.first(of: month + 1, in: year)
                // 1970-01-01 was a Thursday.
                let beginsOn = ((begin + 4) % 7 + 7) % 7
                var found = begin + (weekday - beginsOn + 7) % 7 + (week - 1) * 7
                while found >= end { found -= 7 }
                return found
            }
        }

        private static func first(of month: Int, in year: Int) -> Int {
            guard let date = CivilDate(year: min(max(year, 0), 9999), month: month, day: 1) else {
                preconditionFailure("each month has a first day")
            }
            return date.daysSince1970
        }
    }

    /// Seconds east of UTC in winter.
    let standardOffset: Int
    /// Seconds east of UTC in summer, and when that begins and ends; nil: never.
    let summer: Summer?

    struct Summer: Sendable, Hashable {
        let offset: Int
        let begin: Change
        let end: Change
    }

    func offset(at moment: Int64) -> Int {
        guard let summer else { return standardOffset }
        let local = moment + Int64(standardOffset)
        let days = Int(local >= 0 ? local / 86_400 : (local - 86_399) / 86_400)
        let year = CivilDate(daysSince1970: days).year
        let begin = summer.begin.seconds(in: year) - Int64(standardOffset)
        let end = summer.end.seconds(in: year) - Int64(summer.offset)
        // South of the equator, summer lasts over the turn of the year.
        let isSummer = begin < end ? begin <= moment && moment < end : begin <= moment || moment < end
        return isSummer ? summer.offset : standardOffset
    }
}
