/// Reads the dates that other systems write.
public enum CalendarDate {
    /// A day or a moment in its normal form; nil if the text is no date.
    ///
    /// Understood: `2024-04-01`, `2024/04/01`, and either of them followed by a time and an offset (RFC 3339; blanks
    /// instead of `T`, and `+00` instead of `+00:00`, are taken, too).
    ///
    /// - Parameters:
    ///   - text: What somebody wrote.
    ///   - timeZone: Whose clocks a time without an offset is of. Nil: it is UTC, and midnight UTC counts as a day, for
    ///     that is how registers without times export their days.
    public static func normalized(_ text: String, in timeZone: TimeZoneRules? = nil) -> String? {
        switch (WrittenDate(text), timeZone) {
        case (nil, _): return nil
        case (.day(let day)?, _): return day.description
        case (.local(let local)?, let timeZone?): return timeZone.moment(showing: local).rfc3339
        case (.moment(let moment)?, .some): return moment.rfc3339
        case (.local(let moment)?, nil), (.moment(let moment)?, nil):
            guard moment.microseconds % 86_400_000_000 != 0 else {
                return CivilDate(daysSince1970: Int(moment.microseconds / 86_400_000_000)).description
            }
            return moment.rfc3339
        }
    }
}
